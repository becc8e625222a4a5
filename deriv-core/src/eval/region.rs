//! The interpreter of regions: what each statement means, without Rust.
//!
//! Every leaf has a value from the statement that defines it to the end of the region around; to read one that
//! has none is an error. So is whatever would be a panic.

use super::oracle::{Oracle, Value};
use crate::EvalError;
use deriv_engine::graph::{Callee, Expr, Graph, Kind, Node, Ty};
use deriv_engine::hash::HashMap;
use deriv_engine::list::List;
use deriv_engine::region::{
    Access, Argument, Arm, Branch, By, Call, Code, Dim, Head, Init, Loop, Order, Part, Passive, Product,
    Region, Share, Stmt, Tree, Turn,
};
use deriv_syntax::snippets::Snippets;
use std::rc::Rc;

type Result<T = ()> = std::result::Result<T, EvalError>;

/// An item that a loop goes through.
struct Item<P> {
    /// Its place in the order in which they are given.
    number: usize,
    /// Itself, where the loop has a name for it.
    passive: Option<P>,
}

pub(crate) struct Interpreter<'i, 'g, O: Oracle> {
    graph: &'g Graph,
    snippets: &'i Snippets,
    oracle: &'i mut O,
    /// What nodes are worth in the present scope, as far as it is known.
    values: Vec<Option<Value>>,
    /// The nodes that have a value, in the order in which they got it.
    known: Vec<u32>,
    /// Which item the innermost loop is at, in the order in which they are given.
    item: usize,
    /// All of those.
    items: Vec<O::Passive>,
    /// Leaves that stand for rows of tapes.
    rows: Vec<u32>,
    texts: HashMap<usize, Rc<str>>,
}

impl<'i, 'g, O: Oracle> Interpreter<'i, 'g, O> {
    pub fn new(graph: &'g Graph, snippets: &'i Snippets, oracle: &'i mut O) -> Self {
        let values = vec![None; graph.len()];
        Interpreter {
            graph,
            snippets,
            oracle,
            values,
            known: Vec::new(),
            item: 0,
            items: Vec::new(),
            rows: Vec::new(),
            texts: HashMap::default(),
        }
    }

    /// Gives a leaf its value.
    pub fn define(&mut self, leaf: Expr<'g>, value: Value) -> Result {
        if self.values[leaf.id as usize].is_some() {
            return Err(EvalError::Unbound(format!("{} for a second time", leaf.name())));
        }
        self.set(leaf.id, leaf.ty(), value);
        Ok(())
    }

    fn set(&mut self, id: u32, ty: Ty, value: Value) {
        let value = match value {
            Value::Number(number) if ty == Ty::F32 => Value::Number(f64::from(number as f32)),
            value => value,
        };
        self.values[id as usize] = Some(value);
        self.known.push(id);
    }

    /// The values of the region's results.
    ///
    /// # Errors
    ///
    /// If passive code has no value, a function cannot be evaluated, something is read that is not there, or
    /// the region ends in a panic.
    pub fn run(&mut self, region: &Region<'g>) -> Result<Vec<Value>> {
        for stmt in &region.body {
            self.stmt(stmt)?;
        }
        if region.diverges {
            return Err(EvalError::Unbound("a result after a panic".to_owned()));
        }
        self.values_of(&region.results)
    }

    /// What is defined inside is forgotten afterwards.
    fn scope<T>(&mut self, inside: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let outer = self.known.len();
        self.oracle.enter();
        let result = inside(self);
        self.oracle.leave();
        for id in self.known.drain(outer..) {
            self.values[id as usize] = None;
        }
        result
    }

    fn stmt(&mut self, stmt: &Stmt<'g>) -> Result {
        match stmt {
            Stmt::Copy { code, .. } => {
                if code.captures.iter().all(|capture| capture.made_up) {
                    self.captured(code)?;
                    let text = self.text(code.code);
                    return self.oracle.execute(&text).map_err(|why| unknown(&text, &why));
                }
                self.scope(|inside| {
                    inside.captured(code)?;
                    let text = inside.text(code.code);
                    inside.oracle.execute(&text).map_err(|why| unknown(&text, &why))
                })
            }
            Stmt::Bind { leaf, value, .. } => {
                let value = self.passive_value(value)?;
                self.define(*leaf, value)
            }
            Stmt::Branch(branch) => self.branch(branch),
            Stmt::Loop(looped) => self.looped(looped),
            Stmt::Alloc { place, extent, init } => {
                let value = match init {
                    Init::Fill(number) => {
                        let number = self.value(*number)?;
                        self.filled(&extent.dims, number)?
                    }
                    Init::Empty(_) => Value::List(Vec::new()),
                    Init::Zeros(_) => return Err(EvalError::Unbound("a struct".to_owned())),
                    Init::Like(list) if extent.dims.is_empty() => self.value(*list)?.map(&|_| 0.0),
                    Init::Like(list) => {
                        let zero = self.filled(&extent.dims[1..], Value::Number(0.0))?;
                        let count = self.place(*list)?.parts()?.len();
                        Value::List(vec![zero; count])
                    }
                };
                self.define(*place, value)
            }
            Stmt::Clear { place, .. } => {
                let place = self.place(*place)?;
                *place = place.map(&|_| 0.0);
                Ok(())
            }
            // Whoever reads it even so shall see that.
            Stmt::Forget { place, .. } => {
                let place = self.place(*place)?;
                *place = place.map(&|_| f64::NAN);
                Ok(())
            }
            Stmt::Load { leaf, from } => {
                let value = self.element(from)?.clone();
                self.define(*leaf, value)
            }
            Stmt::LoadRun { leaves, from } => {
                let (last, others) = from.indices.split_last().ok_or_else(|| missing(from.place))?;
                let last = self.whole(*last)?;
                let row = Access { place: from.place, indices: others.to_vec() };
                for (back, leaf) in leaves.iter().rev().enumerate() {
                    let value = self.element(&row)?.part(last - back)?.clone();
                    self.define(*leaf, value)?;
                }
                Ok(())
            }
            Stmt::StoreRun { to, values, add } => {
                let (last, others) = to.indices.split_last().ok_or_else(|| missing(to.place))?;
                let last = self.whole(*last)?;
                let row = Access { place: to.place, indices: others.to_vec() };
                for (back, value) in values.iter().rev().enumerate() {
                    let value = self.value(*value)?;
                    let element = self.element(&row)?.part(last - back)?;
                    if *add { element.add(&value) } else { *element = value }
                }
                Ok(())
            }
            Stmt::Store { to, value, add } => {
                let value = self.value(*value)?;
                let element = self.element(to)?;
                if *add {
                    element.add(&value)
                } else {
                    *element = value
                }
                Ok(())
            }
            Stmt::Push { place, value } => {
                let value = self.value(*value)?;
                self.place(*place)?.parts()?.push(value);
                Ok(())
            }
            Stmt::Pop { leaf, place } => {
                let popped = self.place(*place)?.parts()?.pop();
                self.define(*leaf, popped.ok_or_else(|| missing(*place))?)
            }
            // A tape is a list of rows, of which each run of a loop fills one, and another loop uses up one.
            Stmt::Record { tape, value } => {
                let (value, item) = (self.value(*value)?, self.item);
                let row = self.place(*tape)?.parts()?.last_mut().ok_or_else(|| missing(*tape))?;
                *row.part(item)? = value;
                Ok(())
            }
            Stmt::Recall { leaf, tape } => {
                let item = self.item;
                let row = self.place(*tape)?.parts()?.last_mut().ok_or_else(|| missing(*tape))?;
                let value = row.part(item)?.clone();
                self.define(*leaf, value)
            }
            Stmt::Rows { rows, tapes, .. } => {
                for (row, tape) in rows.iter().zip(tapes) {
                    let last = self.place(*tape)?.parts()?.pop().ok_or_else(|| missing(*tape))?;
                    self.rows.push(row.id);
                    self.define(*row, Value::List(vec![last]))?;
                }
                Ok(())
            }
            Stmt::Swap(a, b) => {
                let first = self.element(a)?.clone();
                let second = std::mem::replace(self.element(b)?, first);
                *self.element(a)? = second;
                Ok(())
            }
            Stmt::Save { place, of } => {
                let part = self.part(of)?;
                self.define(*place, part)
            }
            Stmt::AddAll { to, from, scale } => {
                let mut term = self.part(from)?;
                if let Some(scale) = scale {
                    let scale = self.value(*scale)?.number()?;
                    term = term.map(&|number| scale * number);
                }
                let mut sum = self.part(to)?;
                sum.add(&term);
                self.replace(to, sum)
            }
            Stmt::Segments { segments, over } => {
                let turns = self.items_of(over)?.len();
                let length = segments.every.unwrap_or_else(|| turns.isqrt().max(1));
                self.define(segments.length, Value::Number(length as f64))?;
                self.define(segments.number, Value::Number(turns.div_ceil(length) as f64))
            }
            Stmt::Restore { place, from } => {
                let value = self.value(*from)?;
                *self.place(*place)? = value;
                Ok(())
            }
            Stmt::Call(call) => self.call(call),
        }
    }

    // Branches and loops.

    fn branch(&mut self, branch: &Branch<'g>) -> Result {
        let first = |holds: f64| usize::from(holds == 0.0);
        let taken = match &branch.head {
            Head::Block => 0,
            Head::Earlier { pattern, by } => {
                let (item, arm) = (self.item, &branch.arms[0]);
                let number = item.checked_sub(*by);
                let passive = number.and_then(|number| self.items.get(number)).cloned();
                let (Some(number), Some(passive)) = (number, passive) else {
                    return Err(EvalError::Unbound(format!("item {item} - {by}")));
                };
                self.item = number;
                let values = self.scope(|inside| {
                    inside.matched(*pattern, &passive)?;
                    inside.run(&arm.region)
                })?;
                self.item = item;
                return self.define_all(&branch.results, values);
            }
            Head::AtLeast { items, over } => usize::from(self.items_of(over)?.len() < *items),
            Head::If(condition) => first(self.value(*condition)?.number()?),
            Head::IfCode(passive) => first(self.passive_value(passive)?.number()?),
            Head::Match(passive) => {
                let scrutinee = self.passive(passive)?;
                for arm in &branch.arms {
                    if let Some(values) = self.scope(|inside| inside.arm(arm, &scrutinee))? {
                        return self.define_all(&branch.results, values);
                    }
                }
                branch.arms.len()
            }
        };
        let arm = branch.arms.get(taken).ok_or_else(|| EvalError::Unbound(format!("arm {taken}")))?;
        let values = self.scope(|inside| inside.run(&arm.region))?;
        self.define_all(&branch.results, values)
    }

    /// The results of an arm of a `match`, if it is taken.
    fn arm(&mut self, arm: &Arm<'g>, scrutinee: &O::Passive) -> Result<Option<Vec<Value>>> {
        if let Some(pattern) = arm.pattern {
            let pattern = self.text(pattern);
            let matches = self.oracle.matches(&pattern, scrutinee);
            if !matches.map_err(|why| unknown(&pattern, &why))? {
                return Ok(None);
            }
        }
        if let Some(guard) = &arm.guard
            && !self.scope(|inside| inside.holds(guard))?
        {
            return Ok(None);
        }
        self.run(&arm.region).map(Some)
    }

    /// Whether a condition holds, the first result of a region.
    fn holds(&mut self, condition: &Region<'g>) -> Result<bool> {
        let values = self.run(condition)?;
        Ok(values.first().is_some_and(|value| *value != Value::Number(0.0)))
    }

    fn looped(&mut self, looped: &Loop<'g>) -> Result {
        let mut carried = self.values_of(&looped.initial)?;
        let items = self.turns(&looped.turn)?;
        let tapes = |stmt: &Stmt<'g>| match stmt {
            Stmt::Record { tape, .. } => Some((*tape, true)),
            Stmt::Recall { tape, .. } if !self.rows.contains(&tape.id) => Some((*tape, false)),
            _ => None,
        };
        let tapes = looped.body.body.iter().filter_map(tapes).list();
        for (tape, records) in &tapes {
            let rows = self.place(*tape)?.parts()?;
            let turns = items.as_ref().map_or(0, Vec::len);
            if *records {
                rows.push(Value::List(vec![Value::Number(f64::NAN); turns]));
            } else if rows.last_mut().ok_or_else(|| missing(*tape))?.parts()?.len() != turns {
                return Err(EvalError::Unbound(format!("a row of {turns} in {}", tape.name())));
            }
        }
        let outer = (self.item, std::mem::take(&mut self.items));
        if let Turn::For { over, counts: Some(_), .. } = &looped.turn {
            self.items = self.items_of(over)?;
        }
        let mut turns = 0;
        let mut items = items.map(Vec::into_iter);
        loop {
            let item = match &mut items {
                None => None,
                Some(items) => match items.next() {
                    None => break,
                    item => item,
                },
            };
            let next = self.scope(|inside| inside.iteration(looped, item, &carried))?;
            let Some(mut next) = next else { break };
            turns += 1;
            let done = if looped.exits { next.pop() } else { None };
            carried = next;
            if done.is_some_and(|done| done != Value::Number(0.0)) {
                break;
            }
        }
        (self.item, self.items) = outer;
        for (tape, records) in tapes {
            if !records {
                self.place(tape)?.parts()?.pop();
            }
        }
        if let Some(count) = looped.count {
            self.define(count, Value::Number(f64::from(turns)))?;
        }
        self.define_all(&looped.results, carried)
    }

    /// The results of the loop's body, or nothing if the loop is over before.
    fn iteration(
        &mut self,
        looped: &Loop<'g>,
        item: Option<Item<O::Passive>>,
        carried: &[Value],
    ) -> Result<Option<Vec<Value>>> {
        self.define_all(&looped.params, carried.to_vec())?;
        if let Turn::While(condition) = &looped.turn
            && !self.scope(|inside| inside.holds(condition))?
        {
            return Ok(None);
        }
        if let Some(Item { number, passive }) = item {
            self.item = number;
            if let (Turn::For { pattern, .. }, Some(passive)) = (&looped.turn, passive) {
                self.matched(*pattern, &passive)?;
            }
        }
        self.run(&looped.body).map(Some)
    }

    /// Binds the names of a pattern that has the form.
    fn matched(&mut self, pattern: Code, passive: &O::Passive) -> Result {
        let pattern = self.text(pattern);
        self.oracle.matches(&pattern, passive).map_err(|why| unknown(&pattern, &why))?;
        Ok(())
    }

    /// The items that a loop goes through with their numbers, if it has any.
    fn turns(&mut self, turn: &Turn<'g>) -> Result<Option<Vec<Item<O::Passive>>>> {
        let (over, order) = match turn {
            Turn::For { over, order, .. } => (over, order),
            Turn::Times(count) => {
                let count = self.whole(*count)?;
                return Ok(Some((0..count).map(|number| Item { number, passive: None }).list()));
            }
            Turn::While(_) | Turn::Endless => return Ok(None),
        };
        let mut items = self.items_of(over)?;
        match order {
            Order::Given | Order::Any | Order::Only(_) | Order::Reversed => {}
            Order::ReversedFirst(count) => items.truncate(self.whole(*count)?),
            Order::Segment { from, length } | Order::SegmentReversed { from, length } => {
                let (from, length) = (self.whole(*from)?, self.whole(*length)?);
                items = items.into_iter().skip(from).take(length).list();
            }
        }
        let items = items.into_iter().enumerate();
        let mut items = items.map(|(number, item)| Item { number, passive: Some(item) }).list();
        if let Order::Only(share) = order {
            let turns = items.len();
            items.retain(|item| match *share {
                Share::First(count) => item.number < count,
                Share::From(first) => item.number >= first,
                Share::Last(count) => item.number + count >= turns,
                Share::Blocks(length) => (item.number + 1).is_multiple_of(length),
                Share::Rest(length) => item.number >= turns / length * length,
            });
        }
        if let Order::Reversed | Order::ReversedFirst(_) | Order::SegmentReversed { .. } = order {
            items.reverse();
        }
        Ok(Some(items))
    }

    // Memory.

    /// What a place holds.
    fn place(&mut self, place: Expr<'g>) -> Result<&mut Value> {
        self.values[place.id as usize].as_mut().ok_or_else(|| missing(place))
    }

    fn element(&mut self, access: &Access<'g>) -> Result<&mut Value> {
        let mut indices = Vec::new();
        for index in &access.indices {
            indices.push(self.whole(*index)?);
        }
        let mut element = self.place(access.place)?;
        for index in indices {
            element = element.part(index)?;
        }
        Ok(element)
    }

    fn range(&mut self, part: &Part<'g>) -> Result<Option<(usize, usize)>> {
        part.range.map(|[from, to]| Ok((self.whole(from)?, self.whole(to)?))).transpose()
    }

    /// What a part of memory holds.
    fn part(&mut self, part: &Part<'g>) -> Result<Value> {
        let range = self.range(part)?;
        let whole = self.element(&part.access)?;
        let Some((from, to)) = range else { return Ok(whole.clone()) };
        let found = whole.parts()?.get(from..to).map(<[Value]>::to_vec);
        found.map(Value::List).ok_or_else(|| missing(part.access.place))
    }

    /// A part of memory gets new contents.
    fn replace(&mut self, part: &Part<'g>, value: Value) -> Result {
        let range = self.range(part)?;
        let whole = self.element(&part.access)?;
        match (range, value) {
            (Some((from, to)), Value::List(values)) => {
                let part = whole.parts()?.get_mut(from..to).filter(|part| part.len() == values.len());
                part.ok_or_else(|| EvalError::Unbound(format!("elements {from} to {to}")))?
                    .clone_from_slice(&values);
            }
            (_, value) => *whole = value,
        }
        Ok(())
    }

    /// A number in all these dimensions.
    fn filled(&mut self, dims: &[Dim<'g>], number: Value) -> Result<Value> {
        let mut value = number;
        for dim in dims.iter().rev() {
            let length = match dim {
                Dim::Literal(length) => *length,
                Dim::Fixed(code) => {
                    self.passive_value(&Passive { code: *code, captures: Vec::new() })?.whole()?
                }
                Dim::Typed(length) | Dim::Counted(length) => self.whole(*length)?,
            };
            value = Value::List(vec![value; length]);
        }
        Ok(value)
    }

    // Calls.

    fn call(&mut self, call: &Call<'g>) -> Result {
        let mut args = Vec::new();
        for arg in call.all_args() {
            args.push(match arg {
                Argument::Numbers { value, .. } => self.tree(value)?,
                Argument::Memory { part, .. } => self.part(part)?,
            });
        }
        // What it adds to.
        let kept = args[args.len() - call.buffers.len()..].to_vec();
        let product = match call.product {
            Product::Value => "",
            Product::Jvp => "jvp",
            Product::Vjp => "vjp",
            Product::Hvp => "hvp",
        };
        let name = self.graph.callee_info(call.function).name;
        let returned = self.oracle.call(&name, product, &mut args).map_err(|why| unknown(&name, &why))?;
        if call.adds() {
            let first = args.len() - kept.len();
            args[first..].iter_mut().zip(&kept).for_each(|(buffer, kept)| buffer.add(kept));
        }
        for (arg, value) in call.all_args().zip(args) {
            if let Argument::Memory { part, by: By::MutableReference } = arg {
                self.replace(part, value)?;
            }
        }
        let nothing = call.result == Tree::Tuple(Vec::new());
        match &call.derivatives {
            None => self.define_tree(&call.result, returned),
            Some(derivatives) if nothing => self.define_tree(derivatives, returned),
            Some(derivatives) => {
                let both = Tree::Tuple(vec![call.result.clone(), derivatives.clone()]);
                self.define_tree(&both, returned)
            }
        }
    }

    fn tree(&mut self, tree: &Tree<Expr<'g>>) -> Result<Value> {
        match tree {
            Tree::Leaf(leaf) => self.value(*leaf),
            Tree::Tuple(parts) | Tree::Array(parts) => {
                let mut values = Vec::new();
                for part in parts {
                    values.push(self.tree(part)?);
                }
                Ok(Value::List(values))
            }
            Tree::Struct(..) => Err(EvalError::Unbound("a struct".to_owned())),
        }
    }

    pub fn define_tree(&mut self, tree: &Tree<Expr<'g>>, value: Value) -> Result {
        match (tree, value) {
            (Tree::Leaf(leaf), value) => self.define(*leaf, value),
            (Tree::Tuple(parts) | Tree::Array(parts) | Tree::Struct(_, parts), Value::List(values))
                if parts.len() == values.len() =>
            {
                parts.iter().zip(values).try_for_each(|(part, value)| self.define_tree(part, value))
            }
            _ => Err(EvalError::Unbound("a value of another structure".to_owned())),
        }
    }

    // Passive code.

    fn text(&mut self, code: Code) -> Rc<str> {
        if let Some(text) = self.texts.get(&code.0) {
            return text.clone();
        }
        let text: Rc<str> = self.snippets.get(code).to_string().into();
        self.texts.insert(code.0, text.clone());
        text
    }

    /// Gives the names that passive code mentions their values.
    fn captured(&mut self, passive: &Passive<'g>) -> Result {
        for capture in &passive.captures {
            let value = self.tree(&capture.value)?;
            let ty = match &capture.value {
                Tree::Leaf(leaf) => leaf.ty(),
                _ => Ty::Aggregate,
            };
            let name = self.text(capture.name);
            self.oracle.bind(&name, ty, &value);
        }
        Ok(())
    }

    fn passive(&mut self, passive: &Passive<'g>) -> Result<O::Passive> {
        self.scope(|inside| {
            inside.captured(passive)?;
            let text = inside.text(passive.code);
            inside.oracle.evaluate(&text).map_err(|why| unknown(&text, &why))
        })
    }

    fn passive_value(&mut self, passive: &Passive<'g>) -> Result<Value> {
        let value = self.passive(passive)?;
        let text = self.text(passive.code);
        self.oracle.value(&value).map_err(|why| unknown(&text, &why))
    }

    fn items_of(&mut self, over: &Passive<'g>) -> Result<Vec<O::Passive>> {
        let over_value = self.passive(over)?;
        let text = self.text(over.code);
        self.oracle.items(&over_value).map_err(|why| unknown(&text, &why))
    }

    // Nodes.

    fn define_all(&mut self, leaves: &[Expr<'g>], values: Vec<Value>) -> Result {
        leaves.iter().zip(values).try_for_each(|(leaf, value)| self.define(*leaf, value))
    }

    fn values_of(&mut self, nodes: &[Expr<'g>]) -> Result<Vec<Value>> {
        let mut values = Vec::new();
        for node in nodes {
            values.push(self.value(*node)?);
        }
        Ok(values)
    }

    fn whole(&mut self, node: Expr<'g>) -> Result<usize> {
        self.value(node)?.whole()
    }

    /// What a node is worth here; all that it is made of is then known, too.
    pub fn value(&mut self, root: Expr<'g>) -> Result<Value> {
        let mut stack = vec![root.id];
        while let Some(&id) = stack.last() {
            if self.values[id as usize].is_some() {
                stack.pop();
                continue;
            }
            let node = self.graph.node(id);
            let before = stack.len();
            stack.extend(node.args.iter().filter(|&&arg| self.values[arg as usize].is_none()));
            if stack.len() == before {
                let value = self.compute(&node)?;
                self.set(id, node.ty, value);
            }
        }
        self.place(root).cloned()
    }

    /// What a node is worth of which all arguments are known.
    fn compute(&mut self, node: &Node) -> Result<Value> {
        let args = node.args.iter().filter_map(|&arg| self.values[arg as usize].clone());
        let mut args = args.list();
        match node.kind {
            // Nobody looks at it.
            Kind::Const(_) if node.ty == Ty::Aggregate => Ok(Value::List(Vec::new())),
            Kind::Call(number) => {
                let callee = self.graph.callee_info(number);
                let product = suffix(&callee);
                let value = self.oracle.call(&callee.name, &product, &mut args);
                value.map_err(|why| unknown(&callee.name, &why))
            }
            Kind::Elem(component) => {
                let Some(Value::List(parts)) = args.first() else {
                    return Err(EvalError::Unbound("a part of a call".to_owned()));
                };
                // Rows of rows, as they are numbered.
                let parts = parts.iter().flat_map(Value::numbers).list();
                let part = parts.get(component as usize).copied();
                part.map(Value::Number).ok_or_else(|| EvalError::Unbound("a part of a call".to_owned()))
            }
            _ => {
                let mut numbers = Vec::new();
                for arg in &args {
                    numbers.push(arg.number()?);
                }
                self.graph.compute(node, &numbers).map(Value::Number)
            }
        }
    }
}

/// What the name of a derivative ends with.
fn suffix(callee: &Callee) -> String {
    match (callee.order, callee.variables.len()) {
        (0, _) => String::new(),
        (1, _) => "prime".to_owned(),
        (order, 1) => format!("prime{order}"),
        _ => "hessian".to_owned(),
    }
}

fn missing(leaf: Expr<'_>) -> EvalError {
    EvalError::Unbound(leaf.name())
}

fn unknown(code: &str, why: &str) -> EvalError {
    EvalError::Unbound(if why.is_empty() { code.to_owned() } else { format!("{code}: {why}") })
}
