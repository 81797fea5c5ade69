#include <math.h>
#include <stdio.h>

double sigmoid(double x)
{
    double e = exp(-fabs(x));
    return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}

double sigmoid_derivative(double x)
{
    double e = exp(-fabs(x));
    return e / ((1 + e) * (1 + e));
}

int main(void)
{
    double x;
    while (scanf("%lf", &x) == 1)
        printf("%.17g %.17g\n", sigmoid(x), sigmoid_derivative(x));
}
