use std::io::{read_to_string, stdin, Result};

fn sigmoid(x: f64) -> f64 {
    let e = (-x.abs()).exp();
    if x >= 0.0 { 1.0 / (1.0 + e) } else { e / (1.0 + e) }
}

fn sigmoid_derivative(x: f64) -> f64 {
    let e = (-x.abs()).exp();
    e / ((1.0 + e) * (1.0 + e))
}

fn main() -> Result<()> {
    for word in read_to_string(stdin())?.split_whitespace() {
        let x: f64 = word.parse().expect("a number");
        println!("{:.16e} {:.16e}", sigmoid(x), sigmoid_derivative(x));
    }
    Ok(())
}
