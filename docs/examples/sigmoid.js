function sigmoid(x) {
  const e = Math.exp(-Math.abs(x));
  return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}

function sigmoidDerivative(x) {
  const e = Math.exp(-Math.abs(x));
  return e / ((1 + e) * (1 + e));
}

const words = require("node:fs").readFileSync(0, "utf8").split(/\s+/);
for (const x of words.filter(Boolean).map(Number)) {
  console.log(sigmoid(x).toPrecision(17), sigmoidDerivative(x).toPrecision(17));
}
