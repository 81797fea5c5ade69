#include <cmath>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <limits>
#include <string>

template <typename Real>
Real sigmoid(Real x)
{
    Real e = std::exp(-std::abs(x));
    return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}

template <typename Real>
Real sigmoid_derivative(Real x)
{
    Real e = std::exp(-std::abs(x));
    return e / ((1 + e) * (1 + e));
}

int main()
{
    std::cout << std::setprecision(std::numeric_limits<double>::max_digits10);
    for (std::string word; std::cin >> word;) {
        double x = std::strtod(word.c_str(), nullptr);
        std::cout << sigmoid(x) << ' ' << sigmoid_derivative(x) << '\n';
    }
}
