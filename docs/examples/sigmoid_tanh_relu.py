import matplotlib.pyplot as plt
import numpy as np
from scipy.special import expit

x = np.linspace(-4, 4, 401)

fig, ax = plt.subplots()
ax.plot(x, expit(x), label="sigmoid")
ax.plot(x, np.tanh(x), "--", label="tanh")
ax.plot(x, np.maximum(x, 0), "-.", label="ReLU")
ax.plot(x, x * expit(x), ":", label="SiLU, x σ(x)")
ax.set_ylim(-1.2, 2.2)
ax.set_xlabel("x")
ax.legend()
plt.show()
