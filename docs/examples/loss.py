import matplotlib.pyplot as plt
import numpy as np
from sigref import binary_cross_entropy_with_logits

x = np.linspace(-8, 8, 401)

fig, ax = plt.subplots()
ax.plot(x, binary_cross_entropy_with_logits(x, 1.0), label="target 1")
ax.plot(x, binary_cross_entropy_with_logits(x, 0.0), "--", label="target 0")
ax.plot(x, binary_cross_entropy_with_logits(x, 0.5), ":", label="target ½")
ax.set_xlabel("logit x")
ax.set_ylabel("loss")
ax.legend(loc="upper center")

print(f"loss at x = 0: {binary_cross_entropy_with_logits(0.0, 1.0):.4f}")
