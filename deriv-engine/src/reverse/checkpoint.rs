//! Long loops in little memory: only the state before every k-th iteration is kept, and on the way back
//! the iterations from there on are made again, with what their adjoints read kept for so long.
//!
//! With k = √n that is √n states and what √n iterations keep, for one more run of the loop (Griewank and
//! Walther, *Evaluating Derivatives*, chapter 12, where further refinements are found).

use super::{Reverse, Where};
use crate::graph::{Expr, Kind, Ty, ids};
use crate::hash::HashMap;
use crate::list::{List, PushAll, Sort};
use crate::ops::Op;
use crate::region::{Arm, Branch, Extent, Head, Init, Loop, Order, Part, Region, Segment, Stmt, Turn};
use crate::tidy::renamed_loop;

/// What an iteration begins with.
struct State<'g> {
    /// Numbers carried, with the lists that keep them.
    numbers: Vec<Expr<'g>>,
    /// Places that the loop changes.
    places: Vec<(Expr<'g>, Extent<'g>)>,
}

impl<'g> Reverse<'g> {
    /// The two halves of a loop with checkpoints, made of those without: `recording` keeps what `backward`
    /// takes back. None where nothing is kept, or iterations cannot be made again.
    pub(super) fn checkpointed(
        &mut self,
        looped: &Loop<'g>,
        recording: &Loop<'g>,
        backward: &Loop<'g>,
        place: Where,
    ) -> Option<(Vec<Stmt<'g>>, Vec<Stmt<'g>>)> {
        let every = self.options.checkpoint?;
        let Turn::For { pattern, over, again: true, order: Order::Given, counts } = looped.turn.clone()
        else {
            return None;
        };
        let Turn::For { .. } = backward.turn else { return None };
        let kept = self.tapes.iter().flat_map(Stmt::defines).any(|tape| fills(&recording.body, tape));
        if place == Where::Apart
            || !kept
            || looped.exits
            || !over.captures.iter().all(|capture| capture.made_up)
        {
            return None;
        }
        let state = self.state(looped)?;
        let whole = |i| self.graph.whole(i);
        let opaque = |name: &str| self.graph.symbol(name, Ty::Opaque);
        let segments = Segment { length: opaque("every"), number: opaque("segments"), every };
        let tapes: Vec<Expr<'g>> =
            (0..state.numbers.len() + state.places.len()).each(|_| self.list("state_tape"));
        let mut forward = tapes.iter().each(|tape| self.empty(*tape));
        forward.push(Stmt::Segments { segments: segments.clone(), over: over.clone() });
        // Forwards: before each k-th iteration its state is kept.
        let (at, after) = (opaque("turn"), opaque("turn"));
        let first = self.graph.raw(Op::infix("==")?, &[self.count_op("%", at, segments.length)?, whole(0)]);
        let mut pushes: Vec<Stmt<'g>> = Vec::new();
        for (tape, number) in tapes.iter().zip(&state.numbers) {
            pushes.push(Stmt::Push { place: *tape, value: *number });
        }
        for (tape, (place, extent)) in tapes[state.numbers.len()..].iter().zip(&state.places) {
            let copy = self.list(&place.name());
            pushes.push(Stmt::Save { place: copy, of: Part::whole(*place, extent.clone()) });
            pushes.push(Stmt::Push { place: *tape, value: copy });
        }
        let arm = |body| Arm { pattern: None, guard: None, region: Region { body, ..Region::default() } };
        let keep =
            Branch { head: Head::If(first), arms: vec![arm(pushes), arm(Vec::new())], results: Vec::new() };
        let mut run = looped.clone();
        run.body.body.insert(0, Stmt::Branch(keep));
        run.params.push(at);
        run.initial.push(whole(0));
        run.body.results.push(self.count_op("+", at, whole(1))?);
        run.results.push(after);
        forward.push(Stmt::Loop(run));
        // Backwards, a segment: its state, its iterations again, and their adjoints.
        let (left, none) = (opaque("segment"), opaque("segment"));
        let current = self.count_op("-", left, whole(1))?;
        let from = self.count_op("*", current, segments.length)?;
        let mut body = Vec::new();
        for (tape, (place, _)) in tapes[state.numbers.len()..].iter().zip(&state.places).rev() {
            let copy = self.list(&place.name());
            body.push(Stmt::Pop { leaf: copy, place: *tape });
            body.push(Stmt::Restore { place: *place, from: copy });
        }
        let mut again = renamed_loop(self.graph, recording);
        let mut starts: HashMap<u32, Expr<'g>> = HashMap::default();
        for (tape, number) in tapes.iter().zip(&state.numbers) {
            let leaf = self.graph.symbol(&number.name(), number.ty());
            body.push(Stmt::Pop { leaf, place: *tape });
            starts.insert(number.id, leaf);
        }
        again.initial = looped.params.iter().each(|param| starts[&param.id]);
        again.turn = Turn::For {
            pattern,
            over: over.clone(),
            again: true,
            order: Order::Segment { from, length: segments.length },
            counts,
        };
        body.push(Stmt::Loop(again));
        let mut back = backward.clone();
        let fresh = |leaf: &Expr<'g>| self.graph.symbol(&leaf.name(), leaf.ty());
        let params = backward.params.iter().each(fresh);
        back.initial = params.clone();
        back.results = backward.results.iter().each(fresh);
        back.turn = Turn::For {
            pattern,
            over,
            again: true,
            order: Order::SegmentReversed { from, length: segments.length },
            counts,
        };
        let mut results = back.results.clone();
        results.push(current);
        body.push(Stmt::Loop(back));
        let outer = Loop {
            turn: Turn::Times(segments.number),
            params: [params, vec![left]].concat(),
            initial: [backward.initial.clone(), vec![segments.number]].concat(),
            body: Region { body, results, diverges: false },
            exits: false,
            results: [backward.results.clone(), vec![none]].concat(),
            count: None,
            index: None,
            whole: Vec::new(),
            number: 0,
        };
        // What the caller looks at has to be there again in the end.
        let (mut saved, mut restored) = (Vec::new(), Vec::new());
        for (place, extent) in &state.places {
            if self.kept_to_the_end.contains(&place.id) {
                let last = self.list(&place.name());
                saved.push(Stmt::Save { place: last, of: Part::whole(*place, extent.clone()) });
                restored.push(Stmt::Restore { place: *place, from: last });
            }
        }
        Some((forward, [saved, vec![Stmt::Loop(outer)], restored].concat()))
    }

    /// What the iterations begin with, if they can be made again from that.
    fn state(&self, looped: &Loop<'g>) -> Option<State<'g>> {
        let own = ids(&looped.body.defines());
        let mut places: Vec<Expr<'g>> = Vec::new();
        let mut pure = true;
        looped.body.for_each(&mut |region| {
            for stmt in &region.body {
                pure &= match stmt {
                    Stmt::Copy { again, .. } | Stmt::Bind { again, .. } => *again,
                    Stmt::Loop(inner) => match &inner.turn {
                        Turn::For { again, .. } => *again,
                        Turn::While(_) | Turn::Endless | Turn::Times(_) => true,
                    },
                    Stmt::Branch(branch) => matches!(branch.head, Head::If(_) | Head::Block),
                    _ => true,
                };
                places.push_all(stmt.changes().into_iter().filter(|place| !own.contains(&place.id)));
            }
        });
        // Scratch space is filled before it is read.
        let scratch = self.scratch.get(&looped.number).cloned().unwrap_or_default();
        places.retain(|place| !scratch.contains(&place.id));
        places.order();
        places.dedup();
        // Of the others, what is read must still be there.
        let is_kept = |place: &Expr<'g>| places.contains(place) || scratch.contains(&place.id);
        looped.body.for_each(&mut |region| {
            for stmt in &region.body {
                let others = stmt
                    .reads()
                    .into_iter()
                    .filter(|read| read.ty() == Ty::Aggregate && !own.contains(&read.id) && !is_kept(read));
                pure &= others.list().iter().all(|place| match stmt {
                    Stmt::Load { leaf, .. } => self.survey.is_stable(*leaf, *place),
                    Stmt::Call(call) => self.survey.stays_after(call.number, *place),
                    _ => false,
                });
            }
        });
        let extents: Vec<_> =
            places.iter().each_some(|place| Some((*place, self.extents.get(&place.id)?.clone())));
        (pure && extents.len() == places.len())
            .then(|| State { numbers: looped.params.clone(), places: extents })
    }

    fn list(&self, name: &str) -> Expr<'g> {
        self.graph.symbol(name, Ty::Aggregate)
    }

    fn empty(&self, place: Expr<'g>) -> Stmt<'g> {
        Stmt::Alloc {
            place,
            extent: Extent { number: Ty::Opaque, dims: Vec::new() },
            init: Init::Empty(None),
        }
    }

    fn count_op(&self, op: &str, a: Expr<'g>, b: Expr<'g>) -> Option<Expr<'g>> {
        Some(self.graph.intern(Kind::Op(Op::infix(op)?), &[a.id, b.id], Ty::Opaque))
    }
}

/// Whether the region puts values on a tape.
fn fills<'g>(region: &Region<'g>, tape: Expr<'g>) -> bool {
    let mut found = false;
    region.for_each(&mut |region| {
        found |= region.body.iter().any(|stmt| match stmt {
            Stmt::Push { place, .. } | Stmt::Record { tape: place, .. } => *place == tape,
            _ => false,
        });
    });
    found
}
