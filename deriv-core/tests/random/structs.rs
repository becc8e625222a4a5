//! Random functions with structs of numbers, as source text with two readings (see [`reading`]).
//!
//! All that the macro has to learn by use is shown: the type of what a call returns is written, or a field of it is
//! read; and what is passed to a function as a variable depends on one.

use super::generator::Random;
use std::fmt::Write;

/// The type of real numbers.
pub const REAL: &str = "‹f64¦D›";

#[derive(Clone, PartialEq, Debug)]
pub enum Ty {
    Real,
    Array(Box<Ty>, usize),
    /// By number.
    Struct(usize),
    Tuple(Vec<Ty>),
}

use Ty::{Array, Real, Struct, Tuple};

pub fn array(of: Ty, length: usize) -> Ty {
    Array(Box::new(of), length)
}

/// A struct of numbers.
#[derive(Clone)]
pub struct Definition {
    pub name: String,
    pub fields: Vec<(String, Ty)>,
    /// With numbers for names.
    pub tuple: bool,
    pub copy: bool,
}

/// What the functions of a crate share. The first struct has operators.
pub struct World {
    pub structs: Vec<Definition>,
}

impl World {
    pub fn new(random: &mut Random) -> Self {
        let fields = ["x", "y", "z"].map(|name| (name.to_owned(), Real)).to_vec();
        let mut structs = vec![Definition { name: "V".to_owned(), fields, tuple: false, copy: true }];
        for name in ["Body", "Net", "Pair", "Scene"] {
            let tuple = random.chance(15);
            let names = ["at", "speed", "k", "bias", "seed"];
            let count = 1 + random.below(4);
            let fields = (0..count).map(|i| {
                let name = if tuple { i.to_string() } else { names[i].to_owned() };
                let before = structs.len();
                let ty = match random.below(20) {
                    0..=8 => Real,
                    9..=12 => array(Real, 2 + random.below(2)),
                    13..=17 => Struct(random.below(before)),
                    18 => array(array(Real, 2), 2),
                    _ => array(Struct(0), 2),
                };
                (name, ty)
            });
            let fields: Vec<(String, Ty)> = fields.collect();
            let copy = fields.iter().all(|(_, ty)| is_copy(ty, &structs)) && random.chance(70);
            structs.push(Definition { name: name.to_owned(), fields, tuple, copy });
        }
        World { structs }
    }

    pub fn is_copy(&self, ty: &Ty) -> bool {
        is_copy(ty, &self.structs)
    }

    pub fn name(&self, ty: &Ty) -> String {
        match ty {
            Real => REAL.to_owned(),
            Array(of, length) => format!("[{}; {length}]", self.name(of)),
            Struct(which) => self.structs[*which].name.clone(),
            Tuple(parts) => {
                format!("({})", parts.iter().map(|part| self.name(part)).collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// How many numbers it holds.
    pub fn size(&self, ty: &Ty) -> usize {
        match ty {
            Real => 1,
            Array(of, length) => self.size(of) * length,
            Struct(which) => self.structs[*which].fields.iter().map(|(_, ty)| self.size(ty)).sum(),
            Tuple(parts) => parts.iter().map(|part| self.size(part)).sum(),
        }
    }

    /// A value, of texts for its numbers.
    pub fn build(&self, ty: &Ty, module: &str, leaf: &mut dyn FnMut(&Ty) -> Option<String>) -> String {
        if let Some(text) = leaf(ty) {
            return text;
        }
        let mut parts: Vec<String> = Vec::new();
        match ty {
            Real => panic!("a number is a leaf"),
            Array(of, length) => {
                parts.extend((0..*length).map(|_| self.build(of, module, leaf)));
                format!("[{}]", parts.join(", "))
            }
            Struct(which) => {
                let definition = &self.structs[*which];
                for (name, ty) in &definition.fields {
                    let value = self.build(ty, module, leaf);
                    let shorthand = !definition.tuple && value == *name;
                    parts.push(match (definition.tuple && module != "!", shorthand) {
                        (true, _) => value,
                        (false, true) => value,
                        (false, false) => format!("{name}: {value}"),
                    });
                }
                let path = if module.len() > 1 { format!("{module}::") } else { String::new() };
                let [open, close] = if definition.tuple && module != "!" { ["(", ")"] } else { ["{", "}"] };
                format!("{path}{} {open} {} {close}", definition.name, parts.join(", "))
            }
            Tuple(of) => {
                parts.extend(of.iter().map(|ty| self.build(ty, module, leaf)));
                format!("({})", parts.join(", "))
            }
        }
    }

    /// The definition of a struct, without what is derived but `Clone` and `Copy`.
    pub fn definition(&self, which: usize) -> String {
        let definition = &self.structs[which];
        let fields = definition.fields.iter().map(|(name, ty)| match definition.tuple {
            true => format!("pub {}", self.name(ty)),
            false => format!("pub {name}: {}", self.name(ty)),
        });
        let fields: Vec<String> = fields.collect();
        let derives = if definition.copy { "#[derive(Clone, Copy)]\n" } else { "" };
        let name = &definition.name;
        match definition.tuple {
            true => format!("{derives}pub struct {name}({});\n", fields.join(", ")),
            false => format!("{derives}pub struct {name} {{ {} }}\n", fields.join(", ")),
        }
    }
}

fn is_copy(ty: &Ty, structs: &[Definition]) -> bool {
    match ty {
        Real => true,
        Array(of, _) => is_copy(of, structs),
        Struct(which) => structs[*which].copy,
        Tuple(parts) => parts.iter().all(|part| is_copy(part, structs)),
    }
}

/// Data, and what the operators of the first struct call.
pub const PRELUDE: &str = "
pub struct Data { pub gain: ‹f64¦D›, pub rates: [‹f64¦D›; 3], pub many: usize }
pub fn data() -> Data { Data { gain: ‹0.75¦lit(0.75)›, rates: [‹-0.5¦lit(-0.5)›, ‹1.25¦lit(1.25)›, ‹0.5¦lit(0.5)›], many: 2 } }
impl std::ops::Add for V { type Output = V; fn add(self, o: V) -> V { V::add(self, o) } }
impl std::ops::Sub for V { type Output = V; fn sub(self, o: V) -> V { V::sub(self, o) } }
impl std::ops::Mul<‹f64¦D›> for V { type Output = V; fn mul(self, k: ‹f64¦D›) -> V { V::mul(self, k) } }
impl std::ops::Neg for V { type Output = V; fn neg(self) -> V { V::neg(self) } }
";

#[derive(Clone, PartialEq, Debug)]
pub enum Kind {
    Variable(Ty),
    /// A struct of numbers that is not differentiated by.
    Constant(Ty),
    Data,
    Count,
}

#[derive(Clone)]
pub struct Param {
    pub name: String,
    pub kind: Kind,
    pub reference: bool,
}

/// A generated function.
#[derive(Clone)]
pub struct Function {
    pub name: String,
    /// The struct whose method it is, or that it belongs to.
    pub of: Option<usize>,
    pub params: Vec<Param>,
    pub result: Ty,
    /// How deep its calls go.
    pub level: usize,
    pub words: Vec<&'static str>,
    /// With two readings.
    pub text: String,
}

impl Function {
    pub fn attribute(&self) -> String {
        let mut list: Vec<String> = self.words.iter().map(|word| (*word).to_owned()).collect();
        let names: Vec<&str> = self
            .params
            .iter()
            .filter(|param| matches!(param.kind, Kind::Variable(_)))
            .map(|param| param.name.as_str())
            .collect();
        list.push(format!("wrt({})", names.join(", ")));
        list.join(", ")
    }

    pub fn is_twice(&self) -> bool {
        ["hvp", "hessian", "prime2"].contains(self.words.last().unwrap_or(&""))
    }

    pub fn is_method(&self) -> bool {
        self.params.first().is_some_and(|param| param.name == "self")
    }

    /// Its path from the module that it is in.
    pub fn path(&self, world: &World) -> String {
        match self.of {
            Some(of) => format!("{}::{}", world.structs[of].name, self.name),
            None => self.name.clone(),
        }
    }
}

/// What the operators are.
pub fn operators() -> Vec<Function> {
    let v = || Kind::Variable(Struct(0));
    let function = |name: &str, params: &[(&str, Kind)], text: &str| Function {
        name: name.to_owned(),
        of: Some(0),
        params: params
            .iter()
            .map(|(name, kind)| Param { name: (*name).to_owned(), kind: kind.clone(), reference: false })
            .collect(),
        result: Struct(0),
        level: 0,
        words: vec!["jvp", "vjp", "hvp"],
        text: text.to_owned(),
    };
    vec![
        function(
            "add",
            &[("self", v()), ("o", v())],
            "pub fn add(self, o: V) -> V { V { x: self.x + o.x, y: self.y + o.y, z: self.z + o.z } }",
        ),
        function(
            "sub",
            &[("self", v()), ("o", v())],
            "pub fn sub(self, o: Self) -> Self { Self { x: self.x - o.x, y: self.y - o.y, z: self.z - o.z } }",
        ),
        function(
            "mul",
            &[("self", v()), ("k", Kind::Variable(Real))],
            "pub fn mul(self, k: ‹f64¦D›) -> V { V { x: self.x * k, y: self.y * k, z: self.z * k } }",
        ),
        function(
            "neg",
            &[("self", v())],
            "pub fn neg(self) -> V { V { x: -self.x, y: -self.y, z: -self.z } }",
        ),
    ]
}

#[derive(Clone)]
struct Var {
    name: String,
    ty: Ty,
    mutable: bool,
    reference: bool,
    /// It depends on a variable of the function.
    active: bool,
}

/// A variable that is neither changed nor a reference.
fn own(name: &str, ty: Ty) -> Var {
    Var { name: name.to_owned(), ty, mutable: false, reference: false, active: true }
}

struct Generator<'r> {
    random: &'r mut Random,
    world: &'r World,
    known: &'r [Function],
    vars: Vec<Var>,
    /// Run-time indices, and what they are less than.
    indices: Vec<(String, usize)>,
    params: Vec<Param>,
    result: Ty,
    /// Whether what has been written since this was cleared mentions a variable.
    touched: bool,
    budget: i32,
    number: usize,
    in_loop: usize,
    twice: bool,
    of: Option<usize>,
    /// Structs are places or literals, so that their types are known.
    simple: bool,
    level: usize,
}

fn number(text: &str) -> String {
    format!("‹{text}¦lit({text})›")
}

/// Writes a random function.
pub fn function(random: &mut Random, name: &str, world: &World, known: &[Function]) -> Function {
    loop {
        let function = any_function(random, name, world, known);
        // What is not differentiated by has a type that nothing active has.
        let has_both = function.params.iter().any(|param| match &param.kind {
            Kind::Constant(ty) => is_active_in(ty, &function.text, world, known),
            _ => false,
        });
        if !has_both {
            return function;
        }
    }
}

/// Whether a text builds structs of a type, or calls functions that take or return them.
fn is_active_in(ty: &Ty, text: &str, world: &World, known: &[Function]) -> bool {
    let name = world.name(ty);
    let body = text.split_once("{\n").map_or("", |(_, body)| body);
    let built = [" {", "(", "::"].iter().any(|after| body.contains(&format!("{name}{after}")));
    let takes = |function: &Function| {
        let variable = |param: &Param| matches!(&param.kind, Kind::Variable(of) if holds(of, ty, world));
        holds(&function.result, ty, world) || function.params.iter().any(variable)
    };
    built || known.iter().any(|function| body.contains(&format!("{}(", function.name)) && takes(function))
}

fn any_function(random: &mut Random, name: &str, world: &World, known: &[Function]) -> Function {
    let some_struct = |random: &mut Random| Struct(random.below(world.structs.len()));
    let result = match random.below(20) {
        0..=8 => Real,
        9..=13 => some_struct(random),
        14 => Tuple(vec![Real, Real]),
        15..=16 => Tuple(vec![some_struct(random), Real]),
        17 => Tuple(vec![Real, array(Real, 2)]),
        _ => array(Real, 2),
    };
    let method = random.chance(30);
    let of = (method || random.chance(10)).then(|| random.below(world.structs.len()));
    let mut params = Vec::new();
    if method {
        let ty = Struct(of.unwrap());
        // The product of a method runs the method, and then is run itself.
        let reference = !world.is_copy(&ty) || random.chance(60);
        params.push(Param { name: "self".to_owned(), kind: Kind::Variable(ty), reference });
    }
    let count = usize::from(!method) + random.below(3);
    for i in 0..count {
        let ty = match random.below(10) {
            0..=2 => Real,
            3 => array(Real, 2 + random.below(2)),
            _ => some_struct(random),
        };
        let name = ["s", "t", "body"][i].to_owned();
        let reference = matches!(ty, Struct(_)) && random.chance(60);
        params.push(Param { name, kind: Kind::Variable(ty), reference });
    }
    if random.chance(20) {
        let ty = Struct(random.below(world.structs.len()));
        // Of a type that no variable has, nor a part of one.
        if !params
            .iter()
            .any(|param| matches!(&param.kind, Kind::Variable(other) if holds(other, &ty, world)))
        {
            let copy = world.is_copy(&ty);
            params.push(Param {
                name: "up".to_owned(),
                kind: Kind::Constant(ty),
                reference: !copy || random.chance(70),
            });
        }
    }
    if random.chance(25) {
        params.push(Param { name: "data".to_owned(), kind: Kind::Data, reference: true });
    }
    if random.chance(50) {
        params.push(Param { name: "n".to_owned(), kind: Kind::Count, reference: false });
    }
    let twice = random.chance(80);
    let mut words = vec!["jvp", "vjp"];
    if result == Real && random.chance(50) {
        words.insert(0, "value_and_prime");
    }
    if twice {
        let is_real = |param: &Param| !matches!(&param.kind, Kind::Variable(ty) if *ty != Real);
        let reals = params.iter().filter(|param| param.kind == Kind::Variable(Real)).count();
        words.push(match params.iter().all(is_real) && result == Real {
            true if reals == 1 => "prime2",
            true => "hessian",
            false => "hvp",
        });
    }
    let vars = params.iter().filter_map(|param| {
        let (ty, active) = match &param.kind {
            Kind::Variable(ty) => (ty, true),
            Kind::Constant(ty) => (ty, false),
            _ => return None,
        };
        let (name, ty) = (param.name.clone(), ty.clone());
        Some(Var { name, ty, mutable: false, reference: param.reference, active })
    });
    let vars = vars.collect();
    let budget = 2 + random.below(9) as i32;
    let mut generator = Generator {
        random,
        world,
        known,
        vars,
        indices: Vec::new(),
        params: params.clone(),
        result: result.clone(),
        touched: false,
        budget,
        number: 0,
        in_loop: 0,
        twice,
        of,
        simple: false,
        level: 0,
    };
    let body = generator.body();
    let level = generator.level;
    let list: Vec<String> = params
        .iter()
        .map(|param| {
            let reference = if param.reference { "&" } else { "" };
            match &param.kind {
                Kind::Variable(_) if param.name == "self" => format!("{reference}self"),
                Kind::Variable(ty) | Kind::Constant(ty) => {
                    format!("{}: {reference}{}", param.name, world.name(ty))
                }
                Kind::Data => "data: &Data".to_owned(),
                Kind::Count => "n: usize".to_owned(),
            }
        })
        .collect();
    let is_own = |ty: &Ty| of.is_some_and(|of| *ty == Struct(of)) && name.len().is_multiple_of(2);
    let returns = if is_own(&result) { "Self".to_owned() } else { world.name(&result) };
    let text = format!("pub fn {name}({}) -> {returns} {{\n{body}}}", list.join(", "));
    Function { name: name.to_owned(), of, params, result, level, words, text }
}

fn holds(ty: &Ty, part: &Ty, world: &World) -> bool {
    ty == part
        || match ty {
            Real => false,
            Array(of, _) => holds(of, part, world),
            Struct(which) => world.structs[*which].fields.iter().any(|(_, ty)| holds(ty, part, world)),
            Tuple(parts) => parts.iter().any(|ty| holds(ty, part, world)),
        }
}

/// A place that a name leads to.
struct Place {
    text: String,
    mutable: bool,
    /// It is a name that is a reference.
    reference: bool,
    active: bool,
}

impl Generator<'_> {
    fn body(&mut self) -> String {
        let mut lines = vec![(String::new(), Vec::new())];
        for param in self.vars.clone() {
            lines[0].0.push_str(&self.shown(&param));
        }
        let start = self.active(&Real, 1);
        self.declare("total", Real, true, false);
        while self.budget > 0 {
            let declared = self.vars.len();
            let text = self.statement();
            lines.push((text, self.vars[declared..].to_vec()));
        }
        let result = self.result.clone();
        let value = match &result {
            Real => format!("{} + total", self.active(&Real, 3)),
            Tuple(parts) => {
                let total = |ty: &Ty| if *ty == Real { " + total" } else { "" };
                let parts: Vec<String> =
                    parts.iter().map(|ty| format!("{}{}", self.active(ty, 3), total(ty))).collect();
                format!("({})", parts.join(", "))
            }
            result => {
                let value = self.active(result, 3);
                let all = Var { mutable: true, ..own("all", result.clone()) };
                self.vars = vec![all];
                let place = self.places(&Real).remove(0).text;
                format!("let mut all: {} = {value};\n{place} += total;\nall", self.world.name(result))
            }
        };
        format!("let mut total = {start};\n{}{value}\n", self.with_uses(lines))
    }

    /// Reads fields of all structs in a variable, as nothing else may show that they are no numbers.
    fn shown(&self, var: &Var) -> String {
        let mut text = String::new();
        let mut open = vec![(var.name.clone(), &var.ty)];
        while let Some((place, ty)) = open.pop() {
            match ty {
                Struct(which) => {
                    let fields = &self.world.structs[*which].fields;
                    if place != var.name
                        && let Some((name, _)) = fields.iter().find(|(_, ty)| *ty == Real)
                    {
                        let _ = writeln!(text, "let _ = {place}.{name};");
                    }
                    open.extend(fields.iter().map(|(name, ty)| (format!("{place}.{name}"), ty)));
                }
                Array(of, length) if matches!(**of, Struct(_)) => {
                    open.extend((0..*length).map(|i| (format!("{place}[{i}]"), &**of)));
                }
                _ => {}
            }
        }
        text
    }

    /// Statements, and uses of what they declare and nothing uses: the result of a call must not be lost.
    fn with_uses(&mut self, lines: Vec<(String, Vec<Var>)>) -> String {
        let mut text = String::new();
        for (line, declared) in lines {
            text.push_str(&line);
            for var in declared {
                text.push_str(&self.shown(&var));
                if self.random.chance(40) {
                    continue;
                }
                let hidden = std::mem::replace(&mut self.vars, vec![var]);
                let places = self.places(&Real);
                self.vars = hidden;
                let Some(place) = places.first() else { continue };
                let star = if place.reference { "*" } else { "" };
                let _ = writeln!(text, "total += {star}{};", place.text);
            }
        }
        text
    }

    fn fresh(&mut self, names: &[&str]) -> String {
        let name = *self.random.pick(names);
        self.number += 1;
        // What is shadowed must not be a parameter that calls need.
        if self.random.chance(15) && !self.params.iter().any(|param| param.name == name) {
            return name.to_owned();
        }
        format!("{name}{}", self.number)
    }

    fn visible(&self) -> Vec<Var> {
        let is_last = |i: usize, var: &Var| !self.vars[i + 1..].iter().any(|later| later.name == var.name);
        self.vars.iter().enumerate().filter(|(i, var)| is_last(*i, var)).map(|(_, var)| var.clone()).collect()
    }

    fn index(&mut self, length: usize) -> String {
        let fitting: Vec<String> =
            self.indices.iter().filter(|(_, end)| *end <= length).map(|(name, _)| name.clone()).collect();
        let counted = self.params.iter().any(|param| param.kind == Kind::Count);
        match self.random.below(4) {
            0 | 1 if !fitting.is_empty() => self.random.pick(&fitting).clone(),
            2 if counted => format!("n % {length}"),
            _ => self.random.below(length).to_string(),
        }
    }

    /// The places of a type, each by one way.
    fn places(&mut self, want: &Ty) -> Vec<Place> {
        let mut found = Vec::new();
        for var in self.visible() {
            self.places_in(&var, &var.ty.clone(), var.name.clone(), want, &mut found);
        }
        found
    }

    fn places_in(&mut self, var: &Var, ty: &Ty, text: String, want: &Ty, found: &mut Vec<Place>) {
        if ty == want {
            found.push(Place {
                reference: var.reference && text == var.name,
                text: text.clone(),
                mutable: var.mutable && !var.reference,
                active: var.active,
            });
        }
        match ty {
            Real => {}
            Array(of, length) => {
                // Structs are chosen where the code is written.
                let index = match **of {
                    Struct(_) => self.random.below(*length).to_string(),
                    _ => self.index(*length),
                };
                self.places_in(var, of, format!("{text}[{index}]"), want, found);
            }
            Struct(which) => {
                for (name, ty) in self.world.structs[*which].fields.clone() {
                    self.places_in(var, &ty, format!("{text}.{name}"), want, found);
                }
            }
            Tuple(_) => {}
        }
    }

    /// A value that is read from a place.
    fn read(&mut self, ty: &Ty) -> Option<String> {
        if !self.world.is_copy(ty) {
            return None;
        }
        // What holds several numbers is not known to do so where it carries no derivative.
        let mut places = self.places(ty);
        places.retain(|place| place.active || *ty == Real);
        // Nor that a field is an array.
        places.retain(|place| !matches!(ty, Array(..)) || !place.text.contains('.'));
        if places.is_empty() {
            return None;
        }
        let place = self.random.pick(&places);
        self.touched |= place.active;
        Some(if place.reference { format!("*{}", place.text) } else { place.text.clone() })
    }

    /// Likewise, by reference.
    fn borrowed(&mut self, ty: &Ty, depth: usize) -> String {
        let mut places = self.places(ty);
        places.retain(|place| place.active);
        if places.is_empty() || self.random.chance(15) {
            return format!("&{}", self.active(ty, depth));
        }
        let place = self.random.pick(&places);
        self.touched = true;
        if place.reference { place.text.clone() } else { format!("&{}", place.text) }
    }

    /// A value that depends on a variable.
    fn active(&mut self, ty: &Ty, depth: usize) -> String {
        let before = std::mem::take(&mut self.touched);
        for _ in 0..20 {
            let text = self.value(ty, depth);
            if self.touched {
                return text;
            }
        }
        self.touched = before;
        // In the end a literal with an active number in it.
        let world = self.world;
        let mut places = self.places(&Real);
        places.retain(|place| place.active);
        let real = match places.first() {
            Some(place) if place.reference => format!("(*{}).sin()", place.text),
            Some(place) => format!("{}.sin()", place.text),
            None => number("0.5"),
        };
        self.touched = true;
        world.build(ty, "", &mut |ty| (*ty == Real).then(|| real.clone()))
    }

    fn value(&mut self, ty: &Ty, depth: usize) -> String {
        match ty {
            Real => self.real(depth),
            Tuple(parts) => {
                let parts: Vec<String> = parts.iter().map(|ty| self.value(ty, depth)).collect();
                format!("({})", parts.join(", "))
            }
            Array(of, length) => {
                if self.random.chance(30)
                    && let Some(text) = self.read(ty)
                {
                    return text;
                }
                let parts: Vec<String> =
                    (0..*length).map(|_| self.value(of, depth.saturating_sub(1))).collect();
                format!("[{}]", parts.join(", "))
            }
            Struct(which) => self.structure(*which, depth),
        }
    }

    fn literal(&mut self) -> String {
        number(self.random.pick::<&str>(&["0.5", "1.5", "2.0", "0.25", "-0.75", "1.0"]))
    }

    fn real(&mut self, depth: usize) -> String {
        if depth == 0 || self.random.chance(25) {
            if self.random.chance(12) {
                return self.literal();
            }
            return self.read(&Real).unwrap_or_else(|| self.literal());
        }
        let next = depth - 1;
        match self.random.below(17) {
            0..=1 => format!("({} + {})", self.real(next), self.real(next)),
            2 => format!("({} - {})", self.real(next), self.real(next)),
            3..=5 => format!("({} * ({}).sin())", self.real(next), self.active(&Real, next)),
            6 => format!(
                "({} / ({} + ({}).powi(2)))",
                self.real(next),
                number("1.5"),
                self.active(&Real, next)
            ),
            7..=8 => {
                let function = *self.random.pick(&["sin", "cos", "tanh", "atan", "abs"]);
                format!("({}).{function}()", self.active(&Real, next))
            }
            9 => format!("({}).max({})", self.active(&Real, next), self.real(next)),
            10 => {
                let condition = self.condition();
                format!("if {condition} {{ {} }} else {{ {} }}", self.real(next), self.real(next))
                    .replacen("if", "(if", 1)
                    + ")"
            }
            11 if self.params.iter().any(|param| param.kind == Kind::Data) => {
                let index = self.index(3);
                let data = format!("data.rates[{index}]");
                let data = *self.random.pick(&["data.gain", &data]);
                format!("({} * {data})", self.real(next))
            }
            12 => {
                // Elements of an array.
                let places = self.places(&array(Real, 2));
                let places = if places.is_empty() { self.places(&array(Real, 3)) } else { places };
                match places.first() {
                    Some(place) => {
                        self.touched |= place.active;
                        match self.random.below(2) {
                            0 => format!("{}.iter().map(|e| *e * *e).sum::<{REAL}>()", place.text),
                            _ => {
                                let weight = self.real(0);
                                format!("{}.iter().map(|e| *e * {weight}).sum::<{REAL}>()", place.text)
                            }
                        }
                    }
                    None => self.real(next),
                }
            }
            _ => self.call(&Real, next).unwrap_or_else(|| self.real(next)),
        }
    }

    fn condition(&mut self) -> String {
        // Without calls, as what they yield would not be used where both arms are the same.
        let touched = self.touched;
        let mut left = self.read(&Real).unwrap_or_else(|| number("0.5"));
        if self.random.chance(40) {
            left = format!("({left} * {})", self.literal());
        }
        self.touched = touched;
        let sign = self.random.pick(&["<", ">"]);
        let left = format!("‹{left}¦({{ {left} }})›");
        // A `{` after a condition would be a struct's.
        format!("({left}) {sign} {}", number(self.random.pick::<&str>(&["0.0", "0.5", "-0.5"])))
    }

    fn structure(&mut self, which: usize, depth: usize) -> String {
        let ty = Struct(which);
        if (depth == 0 || self.random.chance(20))
            && let Some(text) = self.read(&ty)
        {
            return text;
        }
        let next = depth.saturating_sub(1);
        if depth > 0 && !self.simple {
            match self.random.below(10) {
                0..=2 => {
                    if let Some(text) = self.call(&ty, next) {
                        return text;
                    }
                }
                3 => {
                    let condition = self.condition();
                    return format!(
                        "if {condition} {{ {} }} else {{ {} }}",
                        self.active(&ty, next),
                        self.active(&ty, next)
                    )
                    .replacen("if", "(if", 1)
                        + ")";
                }
                4..=5 if which == 0 => {
                    // Nothing shows that a call beside an operator returns a struct.
                    let simple = std::mem::replace(&mut self.simple, true);
                    let left = self.active(&ty, next);
                    let text = match self.random.below(4) {
                        0 => format!("({left} + {})", self.active(&ty, next)),
                        1 => format!("({left} - {})", self.active(&ty, next)),
                        2 => format!("({left} * {})", self.active(&Real, next)),
                        _ => format!("(-({left}))"),
                    };
                    self.simple = simple;
                    return text;
                }
                _ => {}
            }
        }
        let definition = self.world.structs[which].clone();
        let mut parts = Vec::new();
        // Nothing shows that a call in a field returns a struct.
        let simple = std::mem::replace(&mut self.simple, true);
        for (name, ty) in &definition.fields {
            let mut value = self.value(ty, next);
            // By the short form, if there is such a variable.
            if self.random.chance(50)
                && !definition.tuple
                && self
                    .visible()
                    .iter()
                    .any(|var| var.name == *name && var.ty == *ty && !var.reference && self.world.is_copy(ty))
            {
                self.touched = true;
                value = name.clone();
            }
            parts.push((name.clone(), value));
        }
        self.simple = simple;
        if parts.len() > 1 && self.random.chance(25) {
            // The rest of another one, which is moved from or copied.
            let rest_copies = definition.fields.iter().skip(1).all(|(_, ty)| self.world.is_copy(ty));
            let mut places = self.places(&ty);
            places.retain(|place| place.active);
            if rest_copies && let Some(place) = places.first() {
                self.touched = true;
                let (name, value) = &parts[0];
                let star = if place.reference { "*" } else { "" };
                return format!("{} {{ {name}: {value}, ..{star}{} }}", self.own(which), place.text);
            }
        }
        let own = self.own(which);
        if definition.tuple && self.random.chance(80) {
            let values: Vec<String> = parts.into_iter().map(|(_, value)| value).collect();
            return format!("{own}({})", values.join(", "));
        }
        let fields: Vec<String> = parts
            .into_iter()
            .map(|(name, value)| if name == value { name } else { format!("{name}: {value}") })
            .collect();
        format!("{own} {{ {} }}", fields.join(", "))
    }

    /// The name of a struct.
    fn own(&mut self, which: usize) -> String {
        if self.of == Some(which) && self.random.chance(40) {
            return "Self".to_owned();
        }
        self.world.structs[which].name.clone()
    }

    /// A call that returns this, if there is one.
    fn call(&mut self, ty: &Ty, depth: usize) -> Option<String> {
        let fitting: Vec<&Function> = self
            .known
            .iter()
            .filter(|function| function.result == *ty && (!self.twice || function.is_twice()))
            .filter(|function| {
                function.level < if self.in_loop > 0 { 1 } else { 2 }
                    && function.params.iter().all(|param| self.has(&param.kind))
            })
            .collect();
        if fitting.is_empty() {
            return None;
        }
        let function = (*self.random.pick(&fitting)).clone();
        Some(self.call_of(&function, depth))
    }

    /// Whether there is something to pass for a parameter.
    fn has(&self, kind: &Kind) -> bool {
        match kind {
            Kind::Variable(_) => true,
            // What type `Self` is, is not to be seen, so it may be that of the data.
            kind => self.of.is_none() && self.params.iter().any(|param| param.kind == *kind),
        }
    }

    fn call_of(&mut self, function: &Function, depth: usize) -> String {
        self.level = self.level.max(function.level + 1);
        let simple = std::mem::replace(&mut self.simple, true);
        let text = self.call_with(function, depth);
        self.simple = simple;
        text
    }

    fn call_with(&mut self, function: &Function, depth: usize) -> String {
        let mut args = Vec::new();
        // What is computed of literals alone may be data.
        let first = function.params.iter().position(|param| matches!(param.kind, Kind::Variable(_)));
        for (i, param) in function.params.iter().enumerate() {
            let receiver = param.name == "self";
            args.push(match &param.kind {
                Kind::Variable(Real) if first != Some(i) && self.random.chance(10) => self.literal(),
                Kind::Variable(ty) if receiver => {
                    let text = self.borrowed(ty, depth.min(1));
                    let text = text.trim_start_matches('&');
                    // What is moved away is made for it.
                    match self.world.is_copy(ty) || param.reference {
                        true if text.starts_with('*') => format!("({text})"),
                        true => text.to_owned(),
                        false => format!("({})", self.active(ty, depth.min(1))),
                    }
                }
                Kind::Variable(ty) if param.reference => self.borrowed(ty, depth.min(1)),
                Kind::Variable(ty) => self.active(ty, depth.min(1)),
                Kind::Constant(_) => {
                    let own = self.params.iter().find(|own| own.kind == param.kind).unwrap().clone();
                    match (own.reference, param.reference) {
                        (true, true) | (false, false) => own.name,
                        (false, true) => format!("&{}", own.name),
                        (true, false) => format!("*{}", own.name),
                    }
                }
                Kind::Data => "data".to_owned(),
                Kind::Count => "n".to_owned(),
            });
        }
        self.touched = true;
        if function.is_method() && (!function.params[0].reference || self.random.chance(80)) {
            let receiver = args.remove(0);
            let receiver = if receiver.starts_with('(') || !receiver.contains(['{', ' ']) {
                receiver
            } else {
                format!("({receiver})")
            };
            return format!("{receiver}.{}({})", function.name, args.join(", "));
        }
        // The receiver of a method is a reference where the path is written out.
        if function.is_method() && !self.visible().iter().any(|var| var.name == args[0] && var.reference) {
            args[0] = format!("&{}", args[0]);
        }
        format!("{}({})", function.path(self.world), args.join(", "))
    }

    fn block(&mut self, statements: usize) -> String {
        let (vars, indices) = (self.vars.len(), self.indices.len());
        let mut lines = Vec::new();
        for _ in 0..statements {
            let declared = self.vars.len();
            let text = self.statement();
            lines.push((text, self.vars[declared.min(self.vars.len())..].to_vec()));
        }
        self.vars.truncate(vars);
        self.indices.truncate(indices);
        self.with_uses(lines)
    }

    fn some_type(&mut self) -> Ty {
        match self.random.below(8) {
            0..=2 => Real,
            3 => array(Real, 2 + self.random.below(2)),
            _ => Struct(self.random.below(self.world.structs.len())),
        }
    }

    fn statement(&mut self) -> String {
        self.budget -= 1;
        match self.random.below(24) {
            0..=4 => self.declaration(),
            5 => self.pattern(),
            6..=12 => self.assignment(),
            13 => {
                let condition = self.condition();
                let count = 1 + self.random.below(2);
                let first = self.block(count);
                let second = if self.random.chance(60) {
                    let count = 1 + self.random.below(2);
                    format!(" else {{\n{}}}", self.block(count))
                } else {
                    String::new()
                };
                format!("if {condition} {{\n{first}}}{second}\n")
            }
            14..=16 if self.in_loop < 2 => self.repeated(),
            17 => {
                let result = self.result.clone();
                let condition = self.condition();
                let value = self.active(&result, 2);
                match self.random.below(3) {
                    0 if self.in_loop > 0 => format!("if {condition} {{\nbreak;\n}}\n"),
                    1 => format!("if {condition} {{\nreturn {value};\n}}\n"),
                    _ => self.assignment(),
                }
            }
            18 => self.closure(),
            19 => self.reference(),
            20..=21 => self.several(),
            22 => self.elements(),
            _ => self.declaration(),
        }
    }

    fn declare(&mut self, name: &str, ty: Ty, mutable: bool, reference: bool) {
        self.vars.push(Var { mutable, reference, ..own(name, ty) });
    }

    fn declaration(&mut self) -> String {
        let ty = self.some_type();
        let value = self.active(&ty, 2);
        let names: &[&str] = match ty {
            Real => &["acc", "k", "x", "y", "at", "value"],
            Struct(_) => &["v", "now", "state", "speed", "w"],
            _ => &["a", "bias"],
        };
        let name = self.fresh(names);
        let mutable = self.random.chance(60);
        let mut_ = if mutable { "mut " } else { "" };
        self.declare(&name, ty.clone(), mutable, false);
        let typed = !matches!(ty, Real) || self.random.chance(20);
        let ty = if typed { format!(": {}", self.world.name(&ty)) } else { String::new() };
        format!("let {mut_}{name}{ty} = {value};\n")
    }

    /// The fields of a struct, by a pattern.
    fn pattern(&mut self) -> String {
        let which = self.random.below(self.world.structs.len());
        let definition = self.world.structs[which].clone();
        if !definition.copy || definition.tuple {
            return self.declaration();
        }
        let value = match self.read(&Struct(which)) {
            Some(value) if self.touched => value,
            _ => self.active(&Struct(which), 1),
        };
        let mut parts: Vec<String> = Vec::new();
        for (field, ty) in &definition.fields {
            if self.random.chance(50) {
                continue;
            }
            let name = self.fresh(&["p", "q"]);
            if parts.iter().any(|part| part.ends_with(&format!(": {name}"))) {
                continue;
            }
            self.declare(&name, ty.clone(), false, false);
            parts.push(format!("{field}: {name}"));
        }
        format!("let {} {{ {}, .. }} = {value};\n", definition.name, parts.join(", ")).replace("{ , ", "{ ")
    }

    fn assignment(&mut self) -> String {
        let ty = match self.random.below(3) {
            0 => self.some_type(),
            _ => Real,
        };
        let mut places = self.places(&ty);
        places.retain(|place| place.mutable);
        if places.is_empty() {
            return self.declaration();
        }
        let target = self.random.pick(&places).text.clone();
        let value = self.active(&ty, 2);
        // It holds what must not be lost.
        if target == "total" {
            return format!("total -= {value};\n");
        }
        if ty != Real {
            return format!("{target} = {value};\n");
        }
        match self.random.below(8) {
            0 => format!("{target} = {value};\n"),
            1..=3 => format!("{target} += {value};\n"),
            4..=5 => format!("{target} -= {value};\n"),
            _ => format!("{target} *= ({value}).cos();\n"),
        }
    }

    fn repeated(&mut self) -> String {
        let counted = self.params.iter().any(|param| param.kind == Kind::Count);
        let length = 2 + self.random.below(2);
        self.in_loop += 1;
        let name = format!("i{}", self.in_loop);
        let text = match self.random.below(4) {
            0 if counted => {
                let block = self.block(2);
                format!("for _ in 0..n {{\n{block}}}\n")
            }
            1 => {
                let block = self.block(2);
                format!("let mut {name} = 0;\nwhile {name} < {length} {{\n{name} += 1;\n{block}}}\n")
            }
            _ => {
                self.indices.push((name.clone(), length));
                let block = self.block(2);
                self.indices.pop();
                format!("for {name} in 0..{length} {{\n{block}}}\n")
            }
        };
        self.in_loop -= 1;
        text
    }

    fn closure(&mut self) -> String {
        let ty = if self.random.chance(50) { Real } else { self.some_type() };
        let mark = self.vars.len();
        let parameter = self.fresh(&["h", "g"]);
        self.declare(&parameter, Real, false, false);
        let body = self.active(&ty, 2);
        self.vars.truncate(mark);
        let name = self.fresh(&["f", "mix"]);
        let (first, second) = (self.active(&Real, 1), self.active(&Real, 1));
        let (one, two) = (self.fresh(&["c"]), self.fresh(&["d"]));
        for name in [&one, &two] {
            self.declare(name, ty.clone(), false, false);
        }
        let ty = self.world.name(&ty);
        format!(
            "let {name} = |{parameter}: {REAL}| {body};\nlet {one}: {ty} = {name}({first});\n\
             let {two}: {ty} = {name}({second});\n"
        )
    }

    /// A reference to a struct, or to one of two.
    fn reference(&mut self) -> String {
        let which = self.random.below(self.world.structs.len());
        let mut places = self.places(&Struct(which));
        let changing: Vec<String> =
            self.visible().into_iter().filter(|var| var.mutable).map(|var| var.name).collect();
        places.retain(|place| {
            let root = place.text.split(['.', '[']).next().unwrap_or("");
            place.active && !changing.iter().any(|name| name == root)
        });
        if places.is_empty() {
            return self.assignment();
        }
        let mut one = || {
            let place = self.random.pick(&places);
            if place.reference { place.text.clone() } else { format!("&{}", place.text) }
        };
        let (first, second) = (one(), one());
        let name = self.fresh(&["r", "longer"]);
        let value = if self.random.chance(50) {
            let condition = self.condition();
            format!("if {condition} {{ {first} }} else {{ {second} }}")
        } else {
            first
        };
        self.declare(&name, Struct(which), false, true);
        let ty = match self.random.chance(70) {
            true => format!(": &{}", self.world.structs[which].name),
            false => String::new(),
        };
        let shown =
            match self.places(&Real).iter().rev().find(|place| place.text.starts_with(&format!("{name}."))) {
                Some(place) if ty.is_empty() => format!("let _ = {};\n", place.text),
                _ => String::new(),
            };
        format!("let {name}{ty} = {value};\n{shown}")
    }

    /// A call of which the type is not written, or that returns several values.
    fn several(&mut self) -> String {
        let fitting: Vec<Function> = self
            .known
            .iter()
            .filter(|function| function.result != Real && (!self.twice || function.is_twice()))
            .filter(|function| {
                function.level < if self.in_loop > 0 { 1 } else { 2 }
                    && function.params.iter().all(|param| self.has(&param.kind))
            })
            .cloned()
            .collect();
        if fitting.is_empty() {
            return self.declaration();
        }
        let function = self.random.pick(&fitting).clone();
        let call = self.call_of(&function, 1);
        let parts = match &function.result {
            Tuple(parts) => parts.clone(),
            Array(of, length) if self.random.chance(70) => vec![(**of).clone(); *length],
            single => vec![single.clone()],
        };
        let mut names: Vec<String> = Vec::new();
        while names.len() < parts.len() {
            let name = self.fresh(&["u", "z", "e"]);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let mut shown = String::new();
        // What has numbers for names may as well be a tuple.
        let numbered = |ty: &Ty| matches!(ty, Struct(which) if self.world.structs[*which].tuple);
        let typed = parts.iter().any(numbered) || self.random.chance(40);
        for (name, ty) in names.iter().zip(&parts) {
            self.declare(name, ty.clone(), false, false);
            if *ty == Real || typed {
                continue;
            }
            let prefix = [format!("{name}."), format!("{name}[")];
            let place = self.places(&Real).into_iter().find(|p| prefix.iter().any(|x| p.text.starts_with(x)));
            if let Some(place) = place {
                let own = self.fresh(&["shown"]);
                let _ = writeln!(shown, "let {own} = {};", place.text);
                self.declare(&own, Real, false, false);
            }
        }
        let ty = if typed { format!(": {}", self.world.name(&function.result)) } else { String::new() };
        let names = match &function.result {
            Tuple(_) => format!("({})", names.join(", ")),
            Array(..) if parts.len() > 1 => format!("[{}]", names.join(", ")),
            _ => names.join(""),
        };
        format!("let {names}{ty} = {call};\n{shown}")
    }

    /// What is done to each element of an array in a struct.
    fn elements(&mut self) -> String {
        let length = 2 + self.random.below(2);
        let places = self.places(&array(Real, length));
        let mut accumulators = self.places(&Real);
        accumulators.retain(|place| place.mutable);
        let Some(place) = places.iter().find(|place| place.active) else { return self.assignment() };
        let factor = self.literal();
        if place.mutable && self.random.chance(50) {
            return match self.random.below(2) {
                0 => format!("for e in {}.iter_mut() {{\n*e *= {factor};\n}}\n", place.text),
                _ => format!("for e in &mut {} {{\n*e = e.sin();\n}}\n", place.text),
            };
        }
        let root = place.text.split(['.', '[']).next().unwrap_or("");
        match accumulators.iter().find(|to| !to.text.starts_with(root)) {
            Some(to) => match self.random.below(2) {
                0 => format!("for e in {} {{\n{} += e * {factor};\n}}\n", place.text, to.text),
                _ => format!("for e in {}.iter() {{\n{} += *e * *e;\n}}\n", place.text, to.text),
            },
            None => self.assignment(),
        }
    }
}
