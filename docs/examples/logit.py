import matplotlib.pyplot as plt
import numpy as np
from scipy.special import logit

p = np.linspace(0.001, 0.999, 999)

fig, ax = plt.subplots()
ax.plot(p, logit(p))
ax.plot([0.5], [0.0], "o")
ax.annotate("p = ½ gives 0", (0.5, 0), xytext=(0.55, -2))
ax.set_xlabel("probability p")
ax.set_ylabel("logit(p)")
plt.show()
