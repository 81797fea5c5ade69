package main

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"strconv"
)

func sigmoid(x float64) float64 {
	e := math.Exp(-math.Abs(x))
	if x < 0 {
		return e / (1 + e)
	}
	return 1 / (1 + e)
}

func sigmoidDerivative(x float64) float64 {
	e := math.Exp(-math.Abs(x))
	return e / ((1 + e) * (1 + e))
}

func main() {
	words := bufio.NewScanner(os.Stdin)
	words.Split(bufio.ScanWords)
	for words.Scan() {
		x, err := strconv.ParseFloat(words.Text(), 64)
		if err != nil {
			panic(err)
		}
		fmt.Printf("%.17g %.17g\n", sigmoid(x), sigmoidDerivative(x))
	}
}
