import matplotlib.pyplot as plt
import numpy as np
from scipy.special import expit

x = np.linspace(-40, 40, 401)

fig, ax = plt.subplots()
ax.semilogy(x, expit(x), label="σ(x)")
ax.semilogy(x, expit(-x), "--", label="1 − σ(x) = σ(−x)")
ax.set_xlabel("x")
ax.legend(loc="center left", bbox_to_anchor=(0, 0.7))
plt.show()
