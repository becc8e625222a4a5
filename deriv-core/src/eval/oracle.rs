//! What the interpreter of regions works with, and what it has to ask for.

use crate::EvalError;
use deriv_engine::graph::Ty;
use deriv_engine::list::List;

/// What a leaf stands for: a number (a truth value is 1 or 0), or what memory holds.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// A number.
    Number(f64),
    /// A slice, an array, a list, or a tuple.
    List(Vec<Value>),
}

impl Value {
    /// Its numbers, from left to right.
    pub fn numbers(&self) -> Vec<f64> {
        match self {
            Value::Number(number) => vec![*number],
            Value::List(parts) => parts.iter().flat_map(Value::numbers).list(),
        }
    }

    /// The same with other numbers.
    pub(super) fn map(&self, f: &impl Fn(f64) -> f64) -> Value {
        match self {
            Value::Number(number) => Value::Number(f(*number)),
            Value::List(parts) => Value::List(parts.iter().map(|part| part.map(f)).list()),
        }
    }

    /// Adds the numbers of another value to those in the same places.
    pub(super) fn add(&mut self, other: &Value) {
        match (self, other) {
            (Value::Number(number), Value::Number(other)) => *number += other,
            (Value::List(parts), Value::List(others)) => {
                parts.iter_mut().zip(others).for_each(|(part, other)| part.add(other));
            }
            _ => {}
        }
    }

    pub(super) fn number(&self) -> Result<f64, EvalError> {
        match self {
            Value::Number(number) => Ok(*number),
            Value::List(_) => Err(EvalError::Unbound("a list as a number".to_owned())),
        }
    }

    /// As a number of elements, or of one.
    pub(super) fn whole(&self) -> Result<usize, EvalError> {
        let number = self.number()?;
        let whole = number as usize;
        if whole as f64 == number { Ok(whole) } else { Err(EvalError::Unbound(format!("element {number}"))) }
    }

    pub(super) fn parts(&mut self) -> Result<&mut Vec<Value>, EvalError> {
        match self {
            Value::List(parts) => Ok(parts),
            Value::Number(_) => Err(EvalError::Unbound("a number as a list".to_owned())),
        }
    }

    pub(super) fn part(&mut self, index: usize) -> Result<&mut Value, EvalError> {
        let missing = || EvalError::Unbound(format!("element {index}"));
        self.parts()?.get_mut(index).ok_or_else(missing)
    }
}

/// Whoever knows the user's passive code, of which nothing is seen from here but the text, and the user's
/// functions. An error says what is wrong.
pub trait Oracle {
    /// What passive code is worth, which may be more than numbers.
    type Passive: Clone;

    /// Names bound from here on are forgotten where the scope is left.
    fn enter(&mut self);

    /// See [`enter`](Oracle::enter).
    fn leave(&mut self);

    /// From here on, a name means a number of this type, or several.
    fn bind(&mut self, name: &str, ty: Ty, value: &Value);

    /// Evaluates an expression.
    fn evaluate(&mut self, code: &str) -> Result<Self::Passive, String>;

    /// Runs statements, which may bind names.
    fn execute(&mut self, code: &str) -> Result<(), String>;

    /// What it is worth as numbers.
    fn value(&mut self, passive: &Self::Passive) -> Result<Value, String>;

    /// What a loop over it goes through.
    fn items(&mut self, passive: &Self::Passive) -> Result<Vec<Self::Passive>, String>;

    /// Whether it has the form of the pattern, which then binds names.
    fn matches(&mut self, pattern: &str, passive: &Self::Passive) -> Result<bool, String>;

    /// Calls a user's function, or the product of it that has this suffix. What arguments hold then is seen by
    /// those who have lent them.
    fn call(&mut self, function: &str, product: &str, args: &mut [Value]) -> Result<Value, String>;
}
