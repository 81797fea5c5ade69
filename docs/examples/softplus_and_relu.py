import matplotlib.pyplot as plt
import numpy as np
from sigref import softplus

x = np.linspace(-6, 6, 401)
relu = np.maximum(x, 0)

fig, ax = plt.subplots()
ax.plot(x, softplus(x), label="softplus")
ax.plot(x, relu, "--", label="ReLU")
ax.plot(x, softplus(x) - relu, ":", label="difference")
ax.set_xlabel("x")
ax.legend()

print(f"largest difference: {np.max(softplus(x) - relu):.4f} (ln 2)")
