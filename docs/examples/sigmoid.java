import java.util.Scanner;

class Sigmoid {
    static double sigmoid(double x) {
        double e = Math.exp(-Math.abs(x));
        return x >= 0 ? 1 / (1 + e) : e / (1 + e);
    }

    static double sigmoidDerivative(double x) {
        double e = Math.exp(-Math.abs(x));
        return e / ((1 + e) * (1 + e));
    }

    public static void main(String[] args) {
        Scanner words = new Scanner(System.in);
        StringBuilder lines = new StringBuilder();
        while (words.hasNext()) {
            double x = Double.parseDouble(words.next());
            lines.append(sigmoid(x)).append(' ').append(sigmoidDerivative(x)).append('\n');
        }
        System.out.print(lines);
    }
}
