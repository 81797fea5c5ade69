import matplotlib.pyplot as plt
import numpy as np
from sigref import sigmoid_derivative

x = np.linspace(-7, 7, 401)
first = sigmoid_derivative(x)
second = -first * np.tanh(x / 2)
third = first * (1 - 6 * first)

fig, ax = plt.subplots()
ax.plot(x, first, "-", label="σ′")
ax.plot(x, second, "--", label="σ″")
ax.plot(x, third, "-.", label="σ‴")
ax.set_xlabel("x")
ax.legend()

print(f"largest second derivative: {second.max():.4f} at x = {x[second.argmax()]:.2f}")
