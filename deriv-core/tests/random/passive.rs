//! What the interpreter of regions has to ask for: the passive code in generated functions, and the functions
//! that they call, of which dual numbers know the products.

use super::loops::{Function, Kind, Param};
use super::oracle::{Dual, Real};
use super::rust::{Exit, Functions, Machine, Parsed, Value, truth};
use deriv_core::{Oracle, Ty};

/// Two orders, each along one direction.
pub type D = Dual<Dual<f64>>;

/// A number with its derivatives along both directions.
pub fn along(value: f64, first: f64, second: f64) -> D {
    Dual { re: Dual { re: value, eps: first }, eps: Dual { re: second, eps: 0.0 } }
}

/// How many elements a slice or an output has.
pub fn length(kind: &Kind, n: usize) -> usize {
    match kind {
        Kind::Scalar | Kind::Count => 1,
        Kind::Slice(more) | Kind::Output(more) => n + *more as usize,
        Kind::Array { length, .. } => *length as usize,
    }
}

/// The variables and outputs of a function.
pub fn variables(function: &Function) -> impl Iterator<Item = &Param> {
    function.params.iter().filter(|param| param.variable)
}

/// The numbers that variables and outputs hold before a call, together.
pub fn inputs(function: &Function, n: usize) -> usize {
    variables(function).map(|param| length(&param.kind, n)).sum()
}

/// The number of a constant at this place.
fn constant(i: usize) -> f64 {
    0.375 * i as f64 - 0.5
}

/// An argument for each parameter, of which those for variables and outputs hold these numbers.
pub fn values(function: &Function, n: usize, numbers: &[f64]) -> Vec<deriv_core::Value> {
    let mut numbers = numbers.iter().copied();
    let mut args = Vec::new();
    for Param { kind, variable, .. } in &function.params {
        let mut real = |i: usize| if *variable { numbers.next().unwrap_or(f64::NAN) } else { constant(i) };
        args.push(match kind {
            Kind::Count => deriv_core::Value::Number(n as f64),
            Kind::Scalar => deriv_core::Value::Number(real(2)),
            kind => list(&(0..length(kind, n)).map(real).collect::<Vec<f64>>()),
        });
    }
    args
}

/// Gives a function's parameters their values, of which those of variables and outputs are taken one after
/// another. Returns its arguments, and the outputs.
pub fn arguments<T: Real>(
    machine: &mut Machine<'_, T>,
    function: &Function,
    n: usize,
    numbers: &[T],
) -> (Vec<Value<T>>, Vec<Value<T>>) {
    let mut numbers = numbers.iter().copied();
    let (mut args, mut outputs) = (Vec::new(), Vec::new());
    for Param { kind, variable, .. } in &function.params {
        let mut real = |i: usize| {
            Value::Real(match variable {
                true => numbers.next().expect("there is a number for each"),
                false => T::lift(constant(i)),
            })
        };
        args.push(match kind {
            Kind::Count => Value::Int(n as i64),
            Kind::Scalar => real(2),
            Kind::Array { by_reference: false, .. } => Value::List((0..length(kind, n)).map(real).collect()),
            Kind::Slice(_) | Kind::Array { .. } | Kind::Output(_) => {
                let list = Value::List((0..length(kind, n)).map(real).collect());
                let place = Value::Place(machine.store(list));
                if let Kind::Output(_) = kind {
                    outputs.push(place.clone());
                }
                place
            }
        });
    }
    (args, outputs)
}

/// Runs the source of a function: the numbers that it returns, and those of its outputs then.
pub fn run<T: Real>(
    functions: &Functions,
    function: &Function,
    n: usize,
    numbers: &[T],
) -> Result<Vec<T>, String> {
    let mut machine = Machine::new(functions);
    let (args, outputs) = arguments(&mut machine, function, n, numbers);
    let result = machine.call(&functions[&function.name], args).map_err(message)?;
    let mut found = Vec::new();
    for value in [result].into_iter().chain(outputs) {
        flatten(&machine, value, &mut found)?;
    }
    Ok(found)
}

fn flatten<T: Real>(machine: &Machine<'_, T>, value: Value<T>, out: &mut Vec<T>) -> Result<(), String> {
    match value {
        Value::Real(number) => out.push(number),
        Value::Int(number) => out.push(T::lift(number as f64)),
        Value::Bool(holds) => out.push(T::lift(f64::from(u8::from(holds)))),
        Value::List(parts) => {
            for part in parts {
                flatten(machine, part, out)?;
            }
        }
        Value::Place(place) => flatten(machine, machine.read(&place).map_err(message)?, out)?,
        Value::Range(..) | Value::Items(_) => return Err("an iterator as a number".to_owned()),
    }
    Ok(())
}

fn message<T>(exit: Exit<T>) -> String {
    match exit {
        Exit::Error(message) => message,
        Exit::Break | Exit::Continue | Exit::Return(_) => "a jump".to_owned(),
    }
}

/// The user's side of a run of the interpreter.
pub struct Passive<'f> {
    machine: Machine<'f, f64>,
    functions: &'f Functions,
    known: &'f [Function],
    parsed: &'f Parsed,
}

impl<'f> Passive<'f> {
    /// In the body of a function.
    pub fn new(
        functions: &'f Functions,
        known: &'f [Function],
        parsed: &'f Parsed,
        function: &Function,
        n: usize,
        numbers: &[f64],
    ) -> Self {
        let mut machine = Machine::new(functions);
        let (args, _) = arguments(&mut machine, function, n, numbers);
        for (param, arg) in function.params.iter().zip(args) {
            machine.bind(&param.name, arg);
        }
        Passive { machine, functions, known, parsed }
    }
}

impl Oracle for Passive<'_> {
    type Passive = Value<f64>;

    fn enter(&mut self) {
        self.machine.enter();
    }

    fn leave(&mut self) {
        self.machine.leave();
    }

    fn bind(&mut self, name: &str, ty: Ty, value: &deriv_core::Value) {
        let value = rust(value, ty);
        self.machine.bind(name, value);
    }

    fn evaluate(&mut self, code: &str) -> Result<Value<f64>, String> {
        self.machine.expr(&*self.parsed.expr(code)?).map_err(message)
    }

    fn execute(&mut self, code: &str) -> Result<(), String> {
        self.machine.statements(&self.parsed.statements(code)?).map(drop).map_err(message)
    }

    fn value(&mut self, passive: &Value<f64>) -> Result<deriv_core::Value, String> {
        use deriv_core::Value::{List, Number};
        Ok(match passive {
            Value::Real(number) => Number(*number),
            Value::Int(number) => Number(*number as f64),
            Value::Bool(_) => Number(f64::from(u8::from(truth(passive)))),
            Value::List(parts) => List(parts.iter().map(|part| self.value(part)).collect::<Result<_, _>>()?),
            Value::Place(place) => {
                let value = self.machine.read(place).map_err(message)?;
                self.value(&value)?
            }
            Value::Range(..) | Value::Items(_) => return Err("an iterator as a number".to_owned()),
        })
    }

    fn items(&mut self, passive: &Value<f64>) -> Result<Vec<Value<f64>>, String> {
        self.machine.items(passive.clone()).map_err(message)
    }

    fn matches(&mut self, pattern: &str, passive: &Value<f64>) -> Result<bool, String> {
        self.machine.matches(&*self.parsed.pattern(pattern)?, passive.clone()).map_err(message)
    }

    fn call(
        &mut self,
        function: &str,
        product: &str,
        args: &mut [deriv_core::Value],
    ) -> Result<deriv_core::Value, String> {
        let function = self.known.iter().find(|known| known.name == function).ok_or("it is not known")?;
        Called { functions: self.functions, function, args }.product(product)
    }
}

fn rust(value: &deriv_core::Value, ty: Ty) -> Value<f64> {
    match value {
        deriv_core::Value::Number(number) => match ty {
            Ty::Bool => Value::Bool(*number != 0.0),
            // What passive code yields may be either.
            Ty::Opaque if number.fract() == 0.0 => Value::Int(*number as i64),
            _ => Value::Real(*number),
        },
        deriv_core::Value::List(parts) => Value::List(parts.iter().map(|part| rust(part, Ty::F64)).collect()),
    }
}

/// A call of a function or of one of its products, as the products' documentation has it.
struct Called<'c> {
    functions: &'c Functions,
    function: &'c Function,
    args: &'c mut [deriv_core::Value],
}

impl Called<'_> {
    fn product(&mut self, product: &str) -> Result<deriv_core::Value, String> {
        let own = self.function.params.len();
        let mut n = 0;
        let mut at = Vec::new();
        for (param, arg) in self.function.params.iter().zip(&*self.args) {
            let numbers = arg.numbers();
            match param.kind {
                Kind::Count => n = numbers[0] as usize,
                Kind::Slice(more) | Kind::Output(more) => n = numbers.len() - more as usize,
                _ => {}
            }
            if param.variable {
                at.extend(numbers);
            }
        }
        // After the function's own: seeds and adjoints of outputs, directions, buffers.
        let outputs = variables(self.function).filter(|param| matches!(param.kind, Kind::Output(_))).count();
        let added: Vec<Vec<f64>> = self.args[own..].iter().map(deriv_core::Value::numbers).collect();
        let zero = vec![0.0; at.len()];
        let value = self.along(n, &at, &zero, &zero)?;
        let values: Vec<f64> = value.iter().map(|d| d.num()).collect();
        let written = outputs_of(self.function, n, &values);
        let returned = &values[..values.len() - written.iter().map(Vec::len).sum::<usize>()];
        let result = shaped(returned, self.function);
        let entries = match product {
            "" => {
                self.write(&written);
                return Ok(result);
            }
            "jvp" => {
                let dots: Vec<f64> = added.concat();
                let found = self.along(n, &at, &dots, &zero)?;
                let tangents: Vec<f64> = found.iter().map(|d| d.re.eps).collect();
                self.write(&written);
                let mut moved = outputs_of(self.function, n, &tangents).into_iter();
                for (param, dot) in variables(self.function).zip(&mut self.args[own..]) {
                    if let Kind::Output(_) = param.kind {
                        *dot = list(&moved.next().expect("there is one for each"));
                    }
                }
                let tangent = shaped(&tangents[..returned.len()], self.function);
                return Ok(if returned.is_empty() { result } else { pair(result, tangent) });
            }
            "vjp" => {
                let seeds = added[..usize::from(!returned.is_empty()) + outputs].concat();
                let bars = self.transposed(n, &at, &zero, &seeds, |d| d.eps.re)?;
                self.write(&written);
                self.spread(n, &bars, usize::from(!returned.is_empty()), outputs)
            }
            "hvp" => {
                let scalar = returned.len() == 1;
                let first = if scalar { 0 } else { 1 };
                let seeds = if scalar { vec![1.0] } else { added[..first].concat() };
                let count = variables(self.function).count();
                let dots = added[first..first + count].concat();
                let bars = self.transposed(n, &at, &dots, &seeds, |d| d.eps.eps)?;
                let entries = self.spread(n, &bars, first + count, 0);
                return Ok(together(entries));
            }
            "prime" => {
                let bars = self.transposed(n, &at, &zero, &[1.0], |d| d.eps.re)?;
                return Ok(together(self.spread(n, &bars, 0, 0)));
            }
            "prime2" | "hessian" => {
                let mut rows = Vec::new();
                for i in 0..at.len() {
                    let mut unit = zero.clone();
                    unit[i] = 1.0;
                    rows.push(list(&self.transposed(n, &at, &unit, &[1.0], |d| d.eps.eps)?));
                }
                let number = product == "prime2";
                let row = |row: &deriv_core::Value| deriv_core::Value::Number(row.numbers()[0]);
                return Ok(if number { row(&rows[0]) } else { deriv_core::Value::List(rows) });
            }
            _ => return Err(format!("its `{product}` is not known")),
        };
        Ok(match (returned.is_empty(), entries.is_empty()) {
            (false, false) => pair(result, together(entries)),
            (true, false) => together(entries),
            _ => result,
        })
    }

    fn along(&self, n: usize, at: &[f64], first: &[f64], second: &[f64]) -> Result<Vec<D>, String> {
        let numbers: Vec<D> = at
            .iter()
            .zip(first)
            .zip(second)
            .map(|((at, first), second)| along(*at, *first, *second))
            .collect();
        run(self.functions, self.function, n, &numbers)
    }

    /// For each variable the sum over the results, times their seeds, of a part of the derivative by it.
    fn transposed(
        &self,
        n: usize,
        at: &[f64],
        dots: &[f64],
        seeds: &[f64],
        part: impl Fn(&D) -> f64,
    ) -> Result<Vec<f64>, String> {
        let mut bars = Vec::new();
        for i in 0..at.len() {
            let mut unit = vec![0.0; at.len()];
            unit[i] = 1.0;
            let found = self.along(n, at, dots, &unit)?;
            bars.push(found.iter().zip(seeds).map(|(d, seed)| part(d) * seed).sum());
        }
        Ok(bars)
    }

    /// What outputs hold after the call.
    fn write(&mut self, written: &[Vec<f64>]) {
        let mut written = written.iter();
        for (param, arg) in self.function.params.iter().zip(&mut *self.args) {
            if let Kind::Output(_) = param.kind {
                *arg = list(written.next().expect("there is one for each"));
            }
        }
    }

    /// Adjoints to where they belong: into those of outputs, into buffers, and what is returned.
    fn spread(&mut self, n: usize, bars: &[f64], before: usize, outputs: usize) -> Vec<deriv_core::Value> {
        let first = self.function.params.len() + before;
        let (mut output, mut buffer) = (first, first + outputs);
        let mut entries = Vec::new();
        let mut rest = bars;
        for param in variables(self.function) {
            let (own, others) = rest.split_at(length(&param.kind, n));
            rest = others;
            match param.kind {
                Kind::Output(_) => {
                    self.args[output] = list(own);
                    output += 1;
                }
                Kind::Slice(_) => {
                    self.args[buffer] = list(own);
                    buffer += 1;
                }
                Kind::Scalar | Kind::Count => entries.push(deriv_core::Value::Number(own[0])),
                Kind::Array { .. } => entries.push(list(own)),
            }
        }
        entries
    }
}

/// The last numbers, which belong to outputs.
fn outputs_of(function: &Function, n: usize, numbers: &[f64]) -> Vec<Vec<f64>> {
    let outputs = || variables(function).filter(|param| matches!(param.kind, Kind::Output(_)));
    let count: usize = outputs().map(|param| length(&param.kind, n)).sum();
    let mut rest = &numbers[numbers.len() - count..];
    let mut found = Vec::new();
    for param in outputs() {
        let (own, others) = rest.split_at(length(&param.kind, n));
        found.push(own.to_vec());
        rest = others;
    }
    found
}

/// Numbers in the form of the function's result.
fn shaped(numbers: &[f64], function: &Function) -> deriv_core::Value {
    match function.shape {
        super::loops::Shape::Scalar => deriv_core::Value::Number(numbers[0]),
        _ => list(numbers),
    }
}

fn list(numbers: &[f64]) -> deriv_core::Value {
    deriv_core::Value::List(numbers.iter().map(|number| deriv_core::Value::Number(*number)).collect())
}

fn pair(first: deriv_core::Value, second: deriv_core::Value) -> deriv_core::Value {
    deriv_core::Value::List(vec![first, second])
}

fn together(mut entries: Vec<deriv_core::Value>) -> deriv_core::Value {
    if entries.len() == 1 { entries.remove(0) } else { deriv_core::Value::List(entries) }
}
