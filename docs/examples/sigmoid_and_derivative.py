import matplotlib.pyplot as plt
import numpy as np
from scipy.special import expit

x = np.linspace(-6, 6, 401)
s = expit(x)

fig, ax = plt.subplots()
ax.plot(x, s, label="σ(x)")
ax.plot(x, s * (1 - s), "--", label="σ′(x)")
ax.set_xlabel("x")
ax.legend()
plt.show()
