//! Elements side by side that an adjoint loop adds to, as that of a stencil to all neighbours: instead, one loop goes
//! through the elements, and gathers what is added to each in several iterations. At the ends of the range, where not
//! all of these are there, short loops add what is left.

use super::scatter::part;
use crate::graph::{Expr, Graph};
use crate::list::{List, Sort};
use crate::region::{Access, Arm, Branch, Head, Loop, Order, Region, Share, Stmt, Turn, Walks};
use crate::tidy::{renamed, renamed_loop};

/// Elements that are added to side by side: they differ in the last index alone, and by a number that is known.
pub(super) struct Group<'g> {
    pub first: Access<'g>,
    /// How far each is ahead of the first, and the place of the statement in the loop's body.
    pub stores: Vec<(i64, usize)>,
}

impl Group<'_> {
    fn lowest(&self) -> i64 {
        self.stores.iter().map(|(ahead, _)| *ahead).min().unwrap_or(0)
    }

    /// How far the last element is ahead of the first.
    pub fn width(&self) -> usize {
        let highest = self.stores.iter().map(|(ahead, _)| *ahead).max().unwrap_or(0);
        highest.abs_diff(self.lowest()) as usize
    }
}

/// The elements that the loop adds to, or overwrites without a look at them.
pub(super) fn groups<'g>(looped: &Loop<'g>) -> Vec<Group<'g>> {
    let mut groups: Vec<Group<'g>> = Vec::new();
    let walks = Walks::of(looped);
    for (at, stmt) in looped.body.body.iter().enumerate() {
        let Stmt::Store { to, add, .. } = stmt else { continue };
        if !add {
            let others = looped.body.body.iter().filter(|stmt| stmt.reads().contains(&to.place));
            if others.count() == 1 {
                groups.push(Group { first: to.clone(), stores: vec![(0, at)] });
            }
            continue;
        }
        let found = groups.iter_mut().find_map(|group| Some((walks.ahead(to, &group.first)?, group)));
        match found {
            Some((ahead, group)) => group.stores.push((ahead, at)),
            None => groups.push(Group { first: to.clone(), stores: vec![(0, at)] }),
        }
    }
    groups
}

/// The statements that do the same to a group of elements as one loop. Where elements are to be `cleared`, all that the
/// loop reaches by this counts as zero.
pub(super) fn gathered<'g>(
    graph: &'g Graph,
    looped: &Loop<'g>,
    group: &Group<'g>,
    cleared: Option<&Access<'g>>,
) -> Option<Stmt<'g>> {
    let Turn::For { pattern, over, .. } = &looped.turn else { return None };
    let (lowest, width) = (group.lowest(), group.width());
    let shift = |ahead: i64| usize::try_from(ahead - lowest).ok().filter(|shift| *shift <= width);
    // The statements that store nothing, and what is added to each element, the one that is reached first being last.
    let own = part(looped, Order::Given, &|_| false).body.body;
    let mut terms: Vec<(usize, Access<'g>, Expr<'g>)> = Vec::new();
    for (ahead, store) in &group.stores {
        let Stmt::Store { to, value, .. } = &looped.body.body[*store] else { continue };
        let shift = shift(*ahead)?;
        match terms.iter_mut().find(|(known, ..)| *known == shift) {
            Some((.., sum)) => *sum = *sum + *value,
            None => terms.push((shift, to.clone(), *value)),
        }
    }
    terms.order_by(|a, b| b.0.cmp(&a.0));
    let looping = |order: Order<'g>, stores: Vec<Stmt<'g>>| {
        let mut storing = part(looped, order, &|_| false);
        storing.body.body.extend(stores);
        Stmt::Loop(renamed_loop(graph, &storing))
    };
    // What goes into the elements that the first iterations, or the last, do not all add to.
    let (mut ends, mut few) = (Vec::new(), Vec::new());
    let mut at_ends = |shift: usize, store: &Stmt<'g>| {
        if shift < width {
            ends.push(looping(Order::Only(Share::First(width - shift)), vec![store.clone()]));
        }
        if shift > 0 {
            ends.push(looping(Order::Only(Share::Last(shift)), vec![store.clone()]));
        }
    };
    let add = |(_, to, value): &(usize, Access<'g>, Expr<'g>)| Stmt::Store {
        to: to.clone(),
        value: *value,
        add: true,
    };
    let mut rest = terms.clone();
    if let Some(to) = cleared {
        let clear = |value| Stmt::Store { to: to.clone(), value, add: false };
        let zero = graph.constant(0.0);
        let cleared = shift(Walks::of(looped).ahead(to, &group.first)?)?;
        // What is added there by the same iteration needs no zero.
        let same = rest.iter().position(|(shift, ..)| *shift == cleared).map(|same| rest.remove(same));
        at_ends(cleared, &clear(same.map_or(zero, |(.., value)| value)));
        few.push(looping(Order::Given, vec![clear(zero)]));
    }
    rest.iter().for_each(|term| at_ends(term.0, &add(term)));
    few.push(looping(Order::Given, terms.iter().map(add).list()));
    // The iteration that reaches an element last takes up what the earlier ones add.
    let (_, to, mut sum) = terms.pop()?;
    let mut gather = part(looped, Order::Only(Share::From(width)), &|_| false);
    let mut earlier = Vec::new();
    for (shift, _, value) in terms {
        let region = Region { body: own.clone(), results: vec![value], ..Region::default() };
        let arms = vec![Arm { pattern: None, guard: None, region: renamed(graph, &region) }];
        let (head, term) = (Head::Earlier { pattern: *pattern, by: shift }, graph.symbol("bar", value.ty()));
        earlier.push(Stmt::Branch(Branch { head, arms, results: vec![term] }));
        sum = sum + term;
    }
    gather.body.body.splice(0..0, earlier);
    gather.body.body.push(Stmt::Store { to, value: sum, add: cleared.is_none() });
    ends.push(Stmt::Loop(renamed_loop(graph, &gather)));
    let arm = |body| Arm { pattern: None, guard: None, region: Region { body, ..Region::default() } };
    let head = Head::AtLeast { items: width, over: over.clone() };
    Some(Stmt::Branch(Branch { head, arms: vec![arm(ends), arm(few)], results: Vec::new() }))
}
