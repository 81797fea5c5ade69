import matplotlib.pyplot as plt
import numpy as np
from sigref import sigmoid

x = np.linspace(-40, 40, 401)

fig, ax = plt.subplots()
ax.semilogy(x, sigmoid(x), label="σ(x)")
ax.semilogy(x, sigmoid(-x), "--", label="1 − σ(x)")
ax.set_xlabel("x")
ax.legend(loc="center left", bbox_to_anchor=(0, 0.7))

print(f"sigma(-40)     = {sigmoid(-40.0):.4g}")
print(f"1 - sigma(-40) = {sigmoid(40.0):.4g}")
