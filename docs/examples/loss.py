import matplotlib.pyplot as plt
import numpy as np

x = np.linspace(-8, 8, 401)

fig, ax = plt.subplots()
for target, style in [(1, "-"), (0, "--"), (0.5, ":")]:
    loss = np.logaddexp(0, x) - x * target
    ax.plot(x, loss, style, label=f"target {target:g}")
ax.set_xlabel("logit x")
ax.set_ylabel("loss")
ax.legend(loc="upper center")
plt.show()
