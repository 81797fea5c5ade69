import matplotlib.pyplot as plt
import numpy as np

x, y = np.meshgrid(np.linspace(-6, 6, 241), np.linspace(-12, 12, 480))
size = np.log10(np.abs(1 / (1 + np.exp(-(x + 1j * y)))))

fig, ax = plt.subplots()
steps = plt.get_cmap("viridis", 12)
image = ax.pcolormesh(x, y, size, vmin=-2, vmax=1, cmap=steps, rasterized=True)
fig.colorbar(image, label="log₁₀ |σ(z)|")
poles = np.pi * np.array([-3, -1, 1, 3])
ax.plot(0 * poles, poles, "o", color="white", markersize=7)
ax.plot(0 * poles, poles, "x", color="black", markersize=5, label="poles")
ax.legend(loc="upper left", facecolor="white", labelcolor="black", frameon=True)
ax.set_xlabel("Re z")
ax.set_ylabel("Im z")
plt.show()
