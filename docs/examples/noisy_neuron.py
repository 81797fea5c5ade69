import matplotlib.pyplot as plt
import numpy as np
from scipy.integrate import quad
from scipy.optimize import curve_fit
from scipy.special import erfcx, expit, ndtr

TAU, REFRACTORY, NOISE = 20.0, 2.0, 0.25  # ms, ms; threshold 1, reset 0
STEP, DURATION, COPIES = 0.05, 350.0, 100  # ms, ms


def rate(drive):
    """Return spikes per second, from the mean time between two spikes."""
    passage, _ = quad(lambda u: erfcx(-u), -drive / NOISE, (1 - drive) / NOISE)
    return 1000 / (REFRACTORY + TAU * np.sqrt(np.pi) * passage)


def simulate(drives):
    """Return spikes per second after the first 100 ms, and their standard error."""
    rng = np.random.default_rng(0)
    drives = np.repeat(drives[:, None], COPIES, axis=1)
    v, rest, spikes = np.zeros_like(drives), np.zeros_like(drives), 0.0
    jitter = NOISE * np.sqrt(STEP / TAU)
    threshold = 1 - 0.5826 * jitter  # crossings between two steps count, too
    for step in range(int(DURATION / STEP)):
        v += STEP / TAU * (drives - v) + jitter * rng.standard_normal(v.shape)
        v[rest > 0] = 0
        rest -= STEP
        fired = v > threshold
        v[fired], rest[fired] = 0, REFRACTORY
        if step * STEP >= 100:
            spikes = spikes + fired
    rates = spikes / (DURATION - 100) * 1000
    return rates.mean(axis=1), rates.std(axis=1, ddof=1) / np.sqrt(COPIES)


def fit(shape):
    """Return plateau and values of the scaled shape that fits best."""

    def curve(drive, height, steepness, middle):
        return height * shape(steepness * (drive - middle))

    best, _ = curve_fit(curve, fine, exact, p0=(80, 3, 1.2))
    return best[0], curve(fine, *best)


SHAPES = {
    "logistic": expit,
    "probit": ndtr,
    "arctan": lambda x: 0.5 + np.arctan(x) / np.pi,
}
drives = np.linspace(0.2, 2.2, 11)
fine = np.linspace(0.2, 2.2, 101)
exact = np.array([rate(drive) for drive in fine])
simulated, error = simulate(drives)
logistic = fit(expit)[1]

for name, shape in SHAPES.items():
    plateau, fitted = fit(shape)
    misfit = np.abs(fitted - exact).max() / exact.max()
    print(f"{name:8} plateau {plateau:3.0f}/s, misfit up to {misfit:.0%}")
print(f"neuron   limit  {1000 / REFRACTORY:4.0f}/s")

print("\ndrive  derived  simulated  logistic")
for i in range(0, len(drives), 2):
    derived, sigma = rate(drives[i]), np.interp(drives[i], fine, logistic)
    found = f"{simulated[i]:.1f} ± {error[i]:.1f}"
    print(f"{drives[i]:5.1f} {derived:8.1f} {found:>10} {sigma:9.1f}")

fig, ax = plt.subplots()
ax.plot(fine, exact, label="derived")
ax.plot(drives, simulated, "o", label="simulated")
ax.plot(fine, logistic, "--", label="fitted logistic")
ax.set_xlabel("drive (threshold = 1)")
ax.set_ylabel("spikes per second")
ax.legend()
plt.show()
