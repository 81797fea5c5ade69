import matplotlib.pyplot as plt
from sigref.plotting import plot_sigmoid

fig, ax = plt.subplots()
plot_sigmoid(ax=ax)
