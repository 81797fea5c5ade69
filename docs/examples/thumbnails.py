import numpy as np
from scipy.special import expit, logit

x = np.linspace(-6, 6, 33)
p = np.linspace(0.003, 0.997, 33)
s = expit(x)
slope = s * (1 - s)
# Where |σ(x + iy)| is 1: between two such lines lies a pole.
y = np.linspace(1.7, 4.58, 33)
edge = -np.log(-2 * np.cos(y))

thumbnails = {  # anchor: title, lowest and highest y, curves
    "the-sigmoid-and-its-derivative": ("σ and σ′", 0, 1, [s, slope]),
    "sigmoid-tanh-relu-silu": (
        "Sigmoid, tanh, ReLU",
        -1.1,
        2,
        [s, np.tanh(x), np.clip(x, 0, 2)],
    ),
    "three-derivatives": (
        "Three derivatives",
        -0.13,
        0.26,
        [slope, slope * (1 - 2 * s), slope * (1 - 6 * slope)],
    ),
    "both-tails": ("Both tails", -6, 0.2, [np.log(s), np.log(1 - s)]),
    "steepness": ("Steepness", 0, 1, [s, expit(3 * x), expit(x / 2)]),
    "the-inverse": ("The inverse, logit", -6, 6, [logit(p)]),
    "softplus-and-relu": (
        "Softplus, ReLU",
        0,
        6,
        [np.logaddexp(0, x), np.maximum(x, 0)],
    ),
    "the-loss": ("The loss", 0, 6, [np.logaddexp(0, -x), np.logaddexp(0, x)]),
    "the-complex-plane": (
        "Complex plane",
        -6,
        6,
        [(edge, y), (edge, -y)],
    ),
}
print('<ul class="thumbs">')
for anchor, (title, low, high, curves) in thumbnails.items():
    print(f'<li><a href="#{anchor}"><svg viewBox="0 0 96 60" aria-hidden="true">')
    for curve in curves:
        across, up = curve if isinstance(curve, tuple) else (x, curve)
        u = 4 + 88 * (across + 6) / 12
        v = 56 - 52 * (up - low) / (high - low)
        points = " ".join(f"{a:.0f} {b:.1f}" for a, b in zip(u, v, strict=True))
        print(f'<path d="M{points}"/>')
    print(f"</svg>{title}</a></li>")
print("</ul>")
