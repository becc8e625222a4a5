//! A small interpreter of Rust, over any type of real numbers: enough for the functions that the generators
//! write, and for the passive code in them. It shares nothing with the parser that it checks.

use super::oracle::Real;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use syn::parse::Parser;
use syn::{BinOp, Block, Expr, ExprClosure, ItemFn, Lit, Pat, Stmt, UnOp};

#[derive(Clone, Debug)]
pub enum Value<T> {
    Real(T),
    Int(i64),
    Bool(bool),
    /// A tuple, an array or a `Vec`.
    List(Vec<Value<T>>),
    /// A reference.
    Place(Place),
    /// From, and to before; without an end it is endless.
    Range(i64, Option<i64>),
    /// An iterator.
    Items(Vec<Value<T>>),
}

/// Where a value is: in a slot, along the indices; of it perhaps only the elements in a range.
#[derive(Clone, Debug)]
pub struct Place {
    slot: usize,
    path: Vec<usize>,
    part: Option<(usize, usize)>,
}

/// Why an expression has no value.
pub enum Exit<T> {
    Break,
    Continue,
    Return(Value<T>),
    Error(String),
}

type Result<V, T> = std::result::Result<V, Exit<T>>;

fn error<V, T>(what: impl Into<String>) -> Result<V, T> {
    Err(Exit::Error(what.into()))
}

/// Functions that may be called, by name.
pub type Functions = HashMap<String, Rc<ItemFn>>;

/// What has been parsed of passive code, which is met again and again.
#[derive(Default)]
pub struct Parsed {
    exprs: RefCell<HashMap<String, Rc<Expr>>>,
    blocks: RefCell<HashMap<String, Rc<Vec<Stmt>>>>,
    patterns: RefCell<HashMap<String, Rc<Pat>>>,
}

fn parsed<V>(
    known: &RefCell<HashMap<String, Rc<V>>>,
    code: &str,
    parser: impl Parser<Output = V>,
) -> std::result::Result<Rc<V>, String> {
    if let Some(found) = known.borrow().get(code) {
        return Ok(found.clone());
    }
    let found = Rc::new(parser.parse_str(code).map_err(|error| error.to_string())?);
    known.borrow_mut().insert(code.to_owned(), found.clone());
    Ok(found)
}

impl Parsed {
    pub fn expr(&self, code: &str) -> std::result::Result<Rc<Expr>, String> {
        parsed(&self.exprs, code, |input: syn::parse::ParseStream<'_>| input.parse())
    }
    pub fn statements(&self, code: &str) -> std::result::Result<Rc<Vec<Stmt>>, String> {
        parsed(&self.blocks, code, Block::parse_within)
    }
    pub fn pattern(&self, code: &str) -> std::result::Result<Rc<Pat>, String> {
        parsed(&self.patterns, code, Pat::parse_multi)
    }
}

pub struct Machine<'f, T> {
    functions: &'f Functions,
    memory: Vec<Value<T>>,
    /// The names in scope, the innermost last, and their slots.
    names: Vec<(String, usize)>,
    /// How many names there were where the scopes began. Slots stay, as what is left may be referred to.
    scopes: Vec<usize>,
}

impl<'f, T: Real> Machine<'f, T> {
    pub fn new(functions: &'f Functions) -> Self {
        Machine { functions, memory: Vec::new(), names: Vec::new(), scopes: Vec::new() }
    }

    pub fn enter(&mut self) {
        self.scopes.push(self.names.len());
    }

    pub fn leave(&mut self) {
        if let Some(names) = self.scopes.pop() {
            self.names.truncate(names);
        }
    }

    pub fn bind(&mut self, name: &str, value: Value<T>) -> Place {
        let place = self.store(value);
        self.names.push((name.to_owned(), place.slot));
        place
    }

    /// A new place with this value.
    pub fn store(&mut self, value: Value<T>) -> Place {
        self.memory.push(value);
        Place { slot: self.memory.len() - 1, path: Vec::new(), part: None }
    }

    /// What a function returns.
    pub fn call(&mut self, function: &ItemFn, args: Vec<Value<T>>) -> Result<Value<T>, T> {
        let names = std::mem::take(&mut self.names);
        self.enter();
        let result = self.body(function, args);
        self.leave();
        self.names = names;
        result
    }

    fn body(&mut self, function: &ItemFn, args: Vec<Value<T>>) -> Result<Value<T>, T> {
        for (param, arg) in function.sig.inputs.iter().zip(args) {
            if let syn::FnArg::Typed(param) = param {
                self.matches(&param.pat, arg)?;
            }
        }
        match self.block(&function.block) {
            Err(Exit::Return(value)) => Ok(value),
            result => result,
        }
    }

    // Places.

    fn element(&self, place: &Place, index: i64) -> Result<Place, T> {
        let (from, to) = self.bounds(place)?;
        match usize::try_from(index) {
            Ok(index) if from + index < to => {
                let path = [&place.path[..], &[from + index]].concat();
                Ok(Place { path, part: None, ..*place })
            }
            _ => error(format!("element {index} of {}", to - from)),
        }
    }

    fn elements(&self, place: &Place) -> Result<Vec<Place>, T> {
        let (from, to) = self.bounds(place)?;
        (0..to - from).map(|index| self.element(place, index as i64)).collect()
    }

    fn part(&self, place: &Place, from: i64, to: Option<i64>) -> Result<Place, T> {
        let (start, end) = self.bounds(place)?;
        let to = to.unwrap_or((end - start) as i64);
        if from < 0 || to < from || to > (end - start) as i64 {
            return error(format!("elements {from} to {to} of {}", end - start));
        }
        let part = Some((start + from as usize, start + to as usize));
        Ok(Place { part, ..place.clone() })
    }

    /// The range of elements that it refers to.
    fn bounds(&self, place: &Place) -> Result<(usize, usize), T> {
        match (place.part, self.whole(place)?) {
            (Some(part), _) => Ok(part),
            (None, Value::List(parts)) => Ok((0, parts.len())),
            _ => error("no list"),
        }
    }

    fn whole(&self, place: &Place) -> Result<&Value<T>, T> {
        let mut value = &self.memory[place.slot];
        for &index in &place.path {
            match value {
                Value::List(parts) => value = &parts[index],
                _ => return error("no list"),
            }
        }
        Ok(value)
    }

    fn whole_mut(&mut self, place: &Place) -> Result<&mut Value<T>, T> {
        let mut value = &mut self.memory[place.slot];
        for &index in &place.path {
            match value {
                Value::List(parts) => value = &mut parts[index],
                _ => return error("no list"),
            }
        }
        Ok(value)
    }

    pub fn read(&self, place: &Place) -> Result<Value<T>, T> {
        match (place.part, self.whole(place)?) {
            (None, value) => Ok(value.clone()),
            (Some((from, to)), Value::List(parts)) => Ok(Value::List(parts[from..to].to_vec())),
            _ => error("no list"),
        }
    }

    fn write(&mut self, place: &Place, value: Value<T>) -> Result<(), T> {
        *self.whole_mut(place)? = value;
        Ok(())
    }

    /// What references lead to.
    fn through(&self, mut place: Place) -> Result<Place, T> {
        while let Value::Place(inner) = self.whole(&place)? {
            place = inner.clone();
        }
        Ok(place)
    }

    fn plain(&self, value: Value<T>) -> Result<Value<T>, T> {
        match value {
            Value::Place(place) => {
                let place = self.through(place)?;
                self.read(&place)
            }
            value => Ok(value),
        }
    }

    /// Where an expression is; what is nowhere gets a place.
    fn place(&mut self, expr: &Expr) -> Result<Place, T> {
        match expr {
            Expr::Paren(paren) => self.place(&paren.expr),
            Expr::Group(group) => self.place(&group.expr),
            Expr::Path(path) => {
                let name = path.path.get_ident().map(ToString::to_string).unwrap_or_default();
                match self.names.iter().rev().find(|(known, _)| *known == name) {
                    Some((_, slot)) => Ok(Place { slot: *slot, path: Vec::new(), part: None }),
                    None => error(format!("`{name}` is not known")),
                }
            }
            Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => match self.expr(&unary.expr)? {
                Value::Place(place) => Ok(place),
                _ => error("no reference"),
            },
            Expr::Index(index) => {
                let base = self.place(&index.expr)?;
                let base = self.through(base)?;
                match self.expr(&index.index)? {
                    Value::Int(index) => self.element(&base, index),
                    Value::Range(from, to) => self.part(&base, from, to),
                    _ => error("no index"),
                }
            }
            Expr::Field(field) => {
                let base = self.place(&field.base)?;
                let base = self.through(base)?;
                match &field.member {
                    syn::Member::Unnamed(index) => self.element(&base, i64::from(index.index)),
                    syn::Member::Named(_) => error("a field"),
                }
            }
            expr => {
                let value = self.expr(expr)?;
                Ok(self.store(value))
            }
        }
    }

    // Statements.

    fn block(&mut self, block: &Block) -> Result<Value<T>, T> {
        self.enter();
        let result = self.statements(&block.stmts);
        self.leave();
        result
    }

    pub fn statements(&mut self, stmts: &[Stmt]) -> Result<Value<T>, T> {
        let mut last = Value::List(Vec::new());
        for stmt in stmts {
            last = Value::List(Vec::new());
            match stmt {
                Stmt::Local(local) => {
                    let Some(init) = &local.init else { return error("`let` without a value") };
                    let value = self.expr(&init.expr)?;
                    self.matches(&local.pat, value)?;
                }
                Stmt::Expr(expr, None) => last = self.expr(expr)?,
                Stmt::Expr(expr, Some(_)) => drop(self.expr(expr)?),
                Stmt::Item(_) | Stmt::Macro(_) => return error("a statement of another kind"),
            }
        }
        Ok(last)
    }

    /// Whether a value fits a pattern, whose names it is bound to.
    pub fn matches(&mut self, pattern: &Pat, value: Value<T>) -> Result<bool, T> {
        match (pattern, value) {
            (Pat::Wild(_), _) => Ok(true),
            (Pat::Ident(name), value) => {
                self.bind(&name.ident.to_string(), value);
                Ok(true)
            }
            (Pat::Type(typed), value) => self.matches(&typed.pat, value),
            (Pat::Paren(inner), value) => self.matches(&inner.pat, value),
            (Pat::Reference(inner), value) => {
                let value = self.plain(value)?;
                self.matches(&inner.pat, value)
            }
            (Pat::Tuple(tuple), Value::List(parts)) if tuple.elems.len() == parts.len() => {
                for (pattern, part) in tuple.elems.iter().zip(parts) {
                    if !self.matches(pattern, part)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            (Pat::Lit(literal), value) => {
                let literal = literal_value(&literal.lit)?;
                self.infix(&BinOp::Eq(Default::default()), value, literal).map(|same| truth(&same))
            }
            _ => error("a pattern of another kind"),
        }
    }

    // Expressions.

    pub fn expr(&mut self, expr: &Expr) -> Result<Value<T>, T> {
        match expr {
            Expr::Lit(literal) => literal_value(&literal.lit),
            Expr::Paren(paren) => self.expr(&paren.expr),
            Expr::Group(group) => self.expr(&group.expr),
            Expr::Path(_) | Expr::Index(_) | Expr::Field(_) => {
                let place = self.place(expr)?;
                self.read(&place)
            }
            Expr::Unary(unary) => match unary.op {
                UnOp::Deref(_) => {
                    let place = self.place(expr)?;
                    self.read(&place)
                }
                _ => {
                    let value = self.expr(&unary.expr)?;
                    match (&unary.op, self.plain(value)?) {
                        (UnOp::Neg(_), Value::Real(x)) => Ok(Value::Real(-x)),
                        (UnOp::Neg(_), Value::Int(x)) => Ok(Value::Int(-x)),
                        (UnOp::Not(_), Value::Bool(x)) => Ok(Value::Bool(!x)),
                        _ => error("an operator"),
                    }
                }
            },
            Expr::Reference(reference) => self.place(&reference.expr).map(Value::Place),
            Expr::Binary(binary) => self.binary(&binary.left, &binary.op, &binary.right),
            Expr::Assign(assign) => {
                let value = self.expr(&assign.right)?;
                let place = self.place(&assign.left)?;
                self.write(&place, value)?;
                Ok(Value::List(Vec::new()))
            }
            Expr::Cast(cast) => {
                let value = self.expr(&cast.expr)?;
                let real = matches!(&*cast.ty, syn::Type::Path(ty)
                    if ty.path.segments.last().is_some_and(|last| last.ident == "f64" || last.ident == "f32"));
                match (self.plain(value)?, real) {
                    (Value::Int(x), true) => Ok(Value::Real(T::lift(x as f64))),
                    (Value::Real(x), false) => Ok(Value::Int(x.num() as i64)),
                    (Value::Bool(x), false) => Ok(Value::Int(i64::from(x))),
                    (value, _) => Ok(value),
                }
            }
            Expr::Tuple(tuple) => {
                tuple.elems.iter().map(|part| self.expr(part)).collect::<Result<_, T>>().map(Value::List)
            }
            Expr::Array(array) => {
                array.elems.iter().map(|part| self.expr(part)).collect::<Result<_, T>>().map(Value::List)
            }
            Expr::Repeat(repeat) => self.repeated(&repeat.expr, &repeat.len),
            Expr::Macro(made) if made.mac.path.is_ident("vec") => {
                let code = &made.mac.tokens;
                match syn::parse2(quote::quote!([#code])) {
                    Ok(list) => self.expr(&list),
                    Err(_) => error("a macro"),
                }
            }
            Expr::Range(range) => {
                let mut bound = |bound: &Option<Box<Expr>>| match bound {
                    None => Ok(None),
                    Some(bound) => match self.expr(bound)? {
                        Value::Int(bound) => Ok(Some(bound)),
                        _ => error("a range of another kind"),
                    },
                };
                let (from, to) = (bound(&range.start)?, bound(&range.end)?);
                let closed = matches!(range.limits, syn::RangeLimits::Closed(_));
                Ok(Value::Range(from.unwrap_or(0), to.map(|to| to + i64::from(closed))))
            }
            Expr::Block(block) => self.block(&block.block),
            Expr::If(choice) => {
                let condition = self.expr(&choice.cond)?;
                match (truth(&condition), &choice.else_branch) {
                    (true, _) => self.block(&choice.then_branch),
                    (false, Some((_, other))) => self.expr(other),
                    (false, None) => Ok(Value::List(Vec::new())),
                }
            }
            Expr::ForLoop(looped) => {
                let over = self.expr(&looped.expr)?;
                for item in self.items(over)? {
                    self.enter();
                    let turn = self.matches(&looped.pat, item).and_then(|_| self.block(&looped.body));
                    self.leave();
                    if left(turn)? {
                        break;
                    }
                }
                Ok(Value::List(Vec::new()))
            }
            Expr::While(looped) => loop {
                let condition = self.expr(&looped.cond)?;
                if !truth(&condition) || left(self.block(&looped.body))? {
                    return Ok(Value::List(Vec::new()));
                }
            },
            Expr::Loop(looped) => loop {
                if left(self.block(&looped.body))? {
                    return Ok(Value::List(Vec::new()));
                }
            },
            Expr::Break(_) => Err(Exit::Break),
            Expr::Continue(_) => Err(Exit::Continue),
            Expr::Return(returned) => match &returned.expr {
                Some(value) => {
                    let value = self.expr(value)?;
                    Err(Exit::Return(value))
                }
                None => Err(Exit::Return(Value::List(Vec::new()))),
            },
            Expr::Call(call) => self.function(&call.func, &call.args),
            Expr::MethodCall(call) => self.method(call),
            _ => error("an expression of another kind"),
        }
    }

    fn repeated(&mut self, value: &Expr, length: &Expr) -> Result<Value<T>, T> {
        let value = self.expr(value)?;
        match self.expr(length)? {
            Value::Int(length) if length >= 0 => Ok(Value::List(vec![value; length as usize])),
            _ => error("a length"),
        }
    }

    fn binary(&mut self, left: &Expr, op: &BinOp, right: &Expr) -> Result<Value<T>, T> {
        if let Some(op) = assigning(op) {
            // For numbers what stands right is evaluated first.
            let right = self.expr(right)?;
            let place = self.place(left)?;
            let left = self.read(&place)?;
            let value = self.infix(&op, left, right)?;
            self.write(&place, value)?;
            return Ok(Value::List(Vec::new()));
        }
        let value = self.expr(left)?;
        match (op, truth(&value)) {
            (BinOp::And(_), false) | (BinOp::Or(_), true) => return Ok(value),
            (BinOp::And(_) | BinOp::Or(_), _) => return self.expr(right),
            _ => {}
        }
        let right = self.expr(right)?;
        self.infix(op, value, right)
    }

    fn infix(&mut self, op: &BinOp, left: Value<T>, right: Value<T>) -> Result<Value<T>, T> {
        use Value::{Bool, Int, Real};
        // Of numbers that come from the interpreter of regions it is not always known which of the two they are.
        let (left, right) = match (self.plain(left)?, self.plain(right)?) {
            (Real(a), Int(b)) => (Real(a), Real(T::lift(b as f64))),
            (Int(a), Real(b)) => (Real(T::lift(a as f64)), Real(b)),
            both => both,
        };
        Ok(match (op, left, right) {
            (BinOp::Add(_), Real(a), Real(b)) => Real(a + b),
            (BinOp::Sub(_), Real(a), Real(b)) => Real(a - b),
            (BinOp::Mul(_), Real(a), Real(b)) => Real(a * b),
            (BinOp::Div(_), Real(a), Real(b)) => Real(a / b),
            (BinOp::Rem(_), Real(a), Real(b)) => Real(a % b),
            (BinOp::Add(_), Int(a), Int(b)) => Int(a + b),
            (BinOp::Sub(_), Int(a), Int(b)) => Int(a - b),
            (BinOp::Mul(_), Int(a), Int(b)) => Int(a * b),
            (BinOp::Div(_), Int(a), Int(b)) if b != 0 => Int(a / b),
            (BinOp::Rem(_), Int(a), Int(b)) if b != 0 => Int(a % b),
            (BinOp::Eq(_), Bool(a), Bool(b)) => Bool(a == b),
            (BinOp::Ne(_), Bool(a), Bool(b)) => Bool(a != b),
            (op, a, b) => {
                let order = match (a, b) {
                    (Real(a), Real(b)) => a.partial_cmp(&b),
                    (Int(a), Int(b)) => a.partial_cmp(&b),
                    _ => return error("an operator"),
                };
                Bool(match op {
                    BinOp::Eq(_) => order.is_some_and(std::cmp::Ordering::is_eq),
                    BinOp::Ne(_) => order.is_none_or(std::cmp::Ordering::is_ne),
                    BinOp::Lt(_) => order.is_some_and(std::cmp::Ordering::is_lt),
                    BinOp::Le(_) => order.is_some_and(std::cmp::Ordering::is_le),
                    BinOp::Gt(_) => order.is_some_and(std::cmp::Ordering::is_gt),
                    BinOp::Ge(_) => order.is_some_and(std::cmp::Ordering::is_ge),
                    _ => return error("an operator"),
                })
            }
        })
    }

    // Functions and methods.

    fn function(
        &mut self,
        function: &Expr,
        args: &syn::punctuated::Punctuated<Expr, syn::Token![,]>,
    ) -> Result<Value<T>, T> {
        let Expr::Path(path) = function else { return error("a call of another kind") };
        let names: Vec<String> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let args: Vec<Value<T>> = args.iter().map(|arg| self.expr(arg)).collect::<Result<_, T>>()?;
        let (of, name) = match &names[..] {
            [name] => ("", name.as_str()),
            [.., of, name] => (of.as_str(), name.as_str()),
            [] => return error("a call"),
        };
        match (of, name, &args[..]) {
            ("", name, _) => match self.functions.get(name) {
                Some(function) => self.call(&function.clone(), args),
                None => error(format!("`{name}` is not known")),
            },
            ("mem", "swap", [Value::Place(a), Value::Place(b)]) => {
                let (first, second) = (self.read(a)?, self.read(b)?);
                self.write(a, second)?;
                self.write(b, first)?;
                Ok(Value::List(Vec::new()))
            }
            ("Clone", "clone", [value]) => self.plain(value.clone()),
            ("Vec", "new", _) => Ok(Value::List(Vec::new())),
            ("convert", "identity", [value]) => Ok(value.clone()),
            ("IntoIterator", "into_iter", [value]) => self.items(value.clone()).map(Value::Items),
            ("Ord" | "f64" | "usize", name, [receiver, rest @ ..]) => {
                self.number_method(receiver.clone(), name, rest.to_vec())
            }
            _ => error(format!("`{of}::{name}` is not known")),
        }
    }

    fn number_method(&mut self, receiver: Value<T>, name: &str, args: Vec<Value<T>>) -> Result<Value<T>, T> {
        let receiver = self.plain(receiver)?;
        let args: Vec<Value<T>> = args.into_iter().map(|arg| self.plain(arg)).collect::<Result<_, T>>()?;
        let found = match (receiver, &args[..]) {
            (Value::Real(x), []) => real_method(x, name).map(Value::Real),
            // A number without a fraction that passive code yields may be either.
            (Value::Int(x), []) => real_method(T::lift(x as f64), name).map(Value::Real),
            (Value::Real(x), [Value::Real(y)]) => match name {
                "max" => Some(x.max(*y)),
                "min" => Some(x.min(*y)),
                "powf" => Some(x.powf(*y)),
                "hypot" => Some(x.hypot(*y)),
                "atan2" => Some(x.atan2(*y)),
                _ => None,
            }
            .map(Value::Real),
            (Value::Real(x), [Value::Int(n)]) if name == "powi" => Some(Value::Real(x.powi(*n as i32))),
            (Value::Int(x), [Value::Int(y)]) => match name {
                "max" => Some(x.max(*y)),
                "min" => Some(x.min(*y)),
                "abs_diff" => Some((x - y).abs()),
                "saturating_sub" => Some((x - y).max(0)),
                _ => None,
            }
            .map(Value::Int),
            _ => None,
        };
        found.map_or_else(|| error(format!("`{name}` is not known")), Ok)
    }

    fn method(&mut self, call: &syn::ExprMethodCall) -> Result<Value<T>, T> {
        let name = call.method.to_string();
        let place = self.place(&call.receiver)?;
        let place = self.through(place)?;
        if let Some(Expr::Closure(closure)) = call.args.last() {
            let items = self.read(&place)?;
            let items = self.items(items)?;
            return self.with_closure(&name, items, closure, &call.args[0]);
        }
        let args: Vec<Value<T>> = call.args.iter().map(|arg| self.expr(arg)).collect::<Result<_, T>>()?;
        let nothing = Value::List(Vec::new());
        if let Value::List(_) = self.whole(&place)? {
            match (name.as_str(), &args[..]) {
                ("len", []) => {
                    let (from, to) = self.bounds(&place)?;
                    return Ok(Value::Int((to - from) as i64));
                }
                ("is_empty", []) => {
                    let (from, to) = self.bounds(&place)?;
                    return Ok(Value::Bool(from == to));
                }
                ("iter" | "iter_mut", []) => {
                    let elements = self.elements(&place)?;
                    return Ok(Value::Items(elements.into_iter().map(Value::Place).collect()));
                }
                ("windows", [Value::Int(n @ 1..)]) => {
                    let (from, to) = self.bounds(&place)?;
                    let parts = (0..=(to - from) as i64 - n).map(|i| self.part(&place, i, Some(i + n)));
                    return parts
                        .map(|part| part.map(Value::Place))
                        .collect::<Result<_, T>>()
                        .map(Value::Items);
                }
                ("chunks_exact", [Value::Int(n @ 1..)]) => {
                    let (from, to) = self.bounds(&place)?;
                    let parts =
                        (0..(to - from) as i64 / n).map(|i| self.part(&place, i * n, Some(i * n + n)));
                    return parts
                        .map(|part| part.map(Value::Place))
                        .collect::<Result<_, T>>()
                        .map(Value::Items);
                }
                ("to_vec" | "clone", []) => return self.read(&place),
                ("push", [value]) => {
                    if let Value::List(parts) = self.whole_mut(&place)? {
                        parts.push(value.clone());
                    }
                    return Ok(nothing);
                }
                ("fill", [value]) => {
                    for element in self.elements(&place)? {
                        self.write(&element, value.clone())?;
                    }
                    return Ok(nothing);
                }
                ("swap", [Value::Int(i), Value::Int(j)]) => {
                    let (a, b) = (self.element(&place, *i)?, self.element(&place, *j)?);
                    let (first, second) = (self.read(&a)?, self.read(&b)?);
                    self.write(&a, second)?;
                    self.write(&b, first)?;
                    return Ok(nothing);
                }
                ("copy_from_slice", [Value::Place(from)]) => {
                    let from = self.through(from.clone())?;
                    let (to, from) = (self.elements(&place)?, self.elements(&from)?);
                    if to.len() != from.len() {
                        return error("lists of other lengths");
                    }
                    for (to, from) in to.iter().zip(&from) {
                        let value = self.read(from)?;
                        self.write(to, value)?;
                    }
                    return Ok(nothing);
                }
                _ => {}
            }
        }
        let receiver = self.read(&place)?;
        let count = |args: &[Value<T>]| match args {
            [Value::Int(count)] => usize::try_from(*count).or_else(|_| error("a count")),
            _ => error("a count"),
        };
        match (name.as_str(), &receiver) {
            ("iter" | "into_iter", Value::Items(_) | Value::Range(..)) => Ok(receiver),
            (_, Value::Real(_) | Value::Int(_)) => self.number_method(receiver, &name, args),
            ("zip", _) => {
                let items = self.items(receiver)?;
                let others = match args.into_iter().next() {
                    Some(Value::Range(from, None)) => Value::Range(from, Some(from + items.len() as i64)),
                    Some(others) => others,
                    None => return error("`zip`"),
                };
                let others = self.items(others)?;
                let pairs = items.into_iter().zip(others);
                Ok(Value::Items(pairs.map(|(a, b)| Value::List(vec![a, b])).collect()))
            }
            ("sum", _) => {
                let items = self.items(receiver)?;
                let mut sum = Value::Real(T::lift(std::iter::empty::<f64>().sum()));
                for (i, item) in items.into_iter().enumerate() {
                    let item = self.plain(item)?;
                    if let (0, Value::Int(_)) = (i, &item) {
                        sum = Value::Int(0);
                    }
                    sum = self.infix(&BinOp::Add(Default::default()), sum, item)?;
                }
                Ok(sum)
            }
            ("rev" | "enumerate" | "copied" | "cloned" | "step_by" | "skip" | "take", _) => {
                let items = self.items(receiver)?.into_iter();
                Ok(Value::Items(match name.as_str() {
                    "rev" => items.rev().collect(),
                    "enumerate" => items
                        .enumerate()
                        .map(|(i, item)| Value::List(vec![Value::Int(i as i64), item]))
                        .collect(),
                    "step_by" => items.step_by(count(&args)?.max(1)).collect(),
                    "skip" => items.skip(count(&args)?).collect(),
                    "take" => items.take(count(&args)?).collect(),
                    _ => items.map(|item| self.plain(item)).collect::<Result<_, T>>()?,
                }))
            }
            _ => error(format!("the method `{name}` is not known")),
        }
    }

    /// An iterator's method with a closure as its last argument.
    fn with_closure(
        &mut self,
        name: &str,
        items: Vec<Value<T>>,
        closure: &ExprClosure,
        first: &Expr,
    ) -> Result<Value<T>, T> {
        match name {
            "map" => {
                let items = items.into_iter().map(|item| self.closure(closure, vec![item]));
                items.collect::<Result<_, T>>().map(Value::Items)
            }
            "for_each" => {
                for item in items {
                    self.closure(closure, vec![item])?;
                }
                Ok(Value::List(Vec::new()))
            }
            "fold" => {
                let mut value = self.expr(first)?;
                for item in items {
                    value = self.closure(closure, vec![value, item])?;
                }
                Ok(value)
            }
            _ => error(format!("the method `{name}` is not known")),
        }
    }

    fn closure(&mut self, closure: &ExprClosure, args: Vec<Value<T>>) -> Result<Value<T>, T> {
        self.enter();
        let result = (|| {
            for (param, arg) in closure.inputs.iter().zip(args) {
                self.matches(param, arg)?;
            }
            self.expr(&closure.body)
        })();
        self.leave();
        result
    }

    /// What a loop goes through.
    pub fn items(&mut self, over: Value<T>) -> Result<Vec<Value<T>>, T> {
        match over {
            Value::Range(from, Some(to)) => Ok((from..to).map(Value::Int).collect()),
            Value::Items(items) | Value::List(items) => Ok(items),
            Value::Place(place) => {
                let place = self.through(place)?;
                Ok(self.elements(&place)?.into_iter().map(Value::Place).collect())
            }
            _ => error("nothing to go through"),
        }
    }
}

/// What a literal stands for.
fn literal_value<T: Real>(literal: &Lit) -> Result<Value<T>, T> {
    match literal {
        Lit::Float(float) => match float.base10_parse() {
            Ok(value) => Ok(Value::Real(T::lift(value))),
            Err(_) => error("a number"),
        },
        Lit::Int(int) => int.base10_parse().map(Value::Int).or_else(|_| error("a number")),
        Lit::Bool(bool) => Ok(Value::Bool(bool.value)),
        _ => error("a literal of another kind"),
    }
}

pub fn truth<T>(value: &Value<T>) -> bool {
    matches!(value, Value::Bool(true))
}

/// Whether a turn of a loop has left it.
fn left<V, T>(turn: Result<V, T>) -> Result<bool, T> {
    match turn {
        Ok(_) | Err(Exit::Continue) => Ok(false),
        Err(Exit::Break) => Ok(true),
        Err(exit) => Err(exit),
    }
}

/// The operator in `+=` and the like.
fn assigning(op: &BinOp) -> Option<BinOp> {
    Some(match op {
        BinOp::AddAssign(_) => BinOp::Add(Default::default()),
        BinOp::SubAssign(_) => BinOp::Sub(Default::default()),
        BinOp::MulAssign(_) => BinOp::Mul(Default::default()),
        BinOp::DivAssign(_) => BinOp::Div(Default::default()),
        BinOp::RemAssign(_) => BinOp::Rem(Default::default()),
        _ => return None,
    })
}

fn real_method<T: Real>(x: T, name: &str) -> Option<T> {
    Some(match name {
        "sin" => x.sin(),
        "cos" => x.cos(),
        "tan" => x.tan(),
        "tanh" => x.tanh(),
        "atan" => x.atan(),
        "exp" => x.exp(),
        "ln" => x.ln(),
        "sqrt" => x.sqrt(),
        "abs" => x.abs(),
        "clone" => x,
        _ => return None,
    })
}
