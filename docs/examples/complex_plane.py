import matplotlib.pyplot as plt
import numpy as np

x, y = np.meshgrid(np.linspace(-6, 6, 241), np.linspace(-12, 12, 480))
size = np.abs(1 / (1 + np.exp(-(x + 1j * y))))

fig, ax = plt.subplots()
steps = plt.get_cmap("viridis", 12)
mesh = ax.pcolormesh(x, y, np.log10(size), vmin=-2, vmax=1, cmap=steps, rasterized=True)
fig.colorbar(mesh, label="log₁₀ |σ(z)|")
poles = np.pi * np.array([-3, -1, 1, 3])
ax.plot(np.zeros(4), poles, "x", color="black", label="poles")
ax.set_xlabel("Re z")
ax.set_ylabel("Im z")

print("poles at", np.array2string(poles, precision=4), "times i")
