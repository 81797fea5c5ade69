import matplotlib.pyplot as plt
import numpy as np
from scipy.special import expit

x = np.linspace(-7, 7, 401)
s = expit(x)
first = s * (1 - s)
second = first * (1 - 2 * s)
third = first * (1 - 6 * first)

fig, ax = plt.subplots()
ax.plot(x, first, "-", label="σ′")
ax.plot(x, second, "--", label="σ″")
ax.plot(x, third, "-.", label="σ‴")
ax.set_xlabel("x")
ax.legend()
plt.show()
