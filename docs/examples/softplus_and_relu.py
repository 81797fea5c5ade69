import matplotlib.pyplot as plt
import numpy as np

x = np.linspace(-6, 6, 401)
softplus = np.logaddexp(0, x)
relu = np.maximum(x, 0)

fig, ax = plt.subplots()
ax.plot(x, softplus, label="softplus")
ax.plot(x, relu, "--", label="ReLU")
ax.plot(x, softplus - relu, ":", label="difference")
ax.set_xlabel("x")
ax.legend()
plt.show()
