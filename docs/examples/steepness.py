import matplotlib.pyplot as plt
import numpy as np
from scipy.special import expit

x = np.linspace(-6, 6, 401)
styles = ["-", "--", "-.", ":"]

fig, ax = plt.subplots()
for k, style in zip([0.5, 1, 2, 10], styles, strict=True):
    ax.plot(x, expit(k * x), style, label=f"k = {k:g}")
ax.set_xlabel("x")
ax.set_ylabel("σ(kx)")
ax.legend()
plt.show()
