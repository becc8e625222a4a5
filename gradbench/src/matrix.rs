//! Matrices as the suite writes them, and as computations like them.

use serde::{Deserialize, Serialize};

/// A matrix row by row, which is a list of rows outside of this program.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(from = "Vec<Vec<f64>>", into = "Vec<Vec<f64>>")]
pub struct Matrix {
    /// How many rows there are.
    pub rows: usize,
    /// How many numbers there are in a row.
    pub columns: usize,
    /// All numbers, row by row.
    pub values: Vec<f64>,
}

impl Matrix {
    /// A matrix of zeros.
    pub fn zeros(rows: usize, columns: usize) -> Matrix {
        Matrix { rows, columns, values: vec![0.0; rows * columns] }
    }

    /// Makes this a matrix of so many rows and columns; what it holds then is to be overwritten.
    pub fn resize(&mut self, rows: usize, columns: usize) {
        (self.rows, self.columns) = (rows, columns);
        self.values.resize(rows * columns, 0.0);
    }
}

impl From<Vec<Vec<f64>>> for Matrix {
    fn from(rows: Vec<Vec<f64>>) -> Matrix {
        let columns = rows.first().map_or(0, Vec::len);
        Matrix { rows: rows.len(), columns, values: rows.concat() }
    }
}

impl From<Matrix> for Vec<Vec<f64>> {
    fn from(matrix: Matrix) -> Vec<Vec<f64>> {
        (0..matrix.rows).map(|row| matrix.values[row * matrix.columns..][..matrix.columns].to_vec()).collect()
    }
}
