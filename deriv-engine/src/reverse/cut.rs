//! The fewest values from which all that is needed can be computed: a minimum vertex cut of the graph between
//! what cannot be computed again and what is needed.
//!
//! By the theorem of Menger it is as large as there are disjoint paths, which are found one after the other
//! (Ford and Fulkerson). Of equally small cuts it is the one next to the sources: what is computed again
//! can be simplified together with what needs it. Mincut rematerialisation has been used for this purpose
//! in PyTorch's AOTAutograd.

use crate::graph::Expr;
use crate::hash::HashMap;
use crate::list::List;

/// Each node is two vertices, its `entry` and its `exit`, with an edge between them that can be cut.
struct Network<'g> {
    nodes: Vec<Expr<'g>>,
    numbers: HashMap<u32, usize>,
    /// By vertex: the edges out of it, as numbers in `edges`.
    out: Vec<Vec<usize>>,
    /// Head, and how much can still flow; the edge in the other direction has the number with the last bit
    /// changed.
    edges: Vec<(usize, u32)>,
}

/// More than will ever flow.
const UNLIMITED: u32 = u32::MAX / 2;

const SOURCE: usize = 0;
const SINK: usize = 1;

/// The values to keep. `inputs` tells what a node is computed from, and none for what cannot be computed again.
pub(super) fn cut<'g>(
    needed: &[Expr<'g>],
    inputs: &mut dyn FnMut(Expr<'g>) -> Option<Vec<Expr<'g>>>,
) -> Vec<Expr<'g>> {
    let mut network = Network {
        nodes: Vec::new(),
        numbers: HashMap::default(),
        out: vec![Vec::new(), Vec::new()],
        edges: Vec::new(),
    };
    let mut work = Vec::new();
    for &node in needed {
        let number = network.number(node, &mut work);
        network.connect(exit(number), SINK, UNLIMITED);
    }
    while let Some((number, node)) = work.pop() {
        match inputs(node) {
            None => network.connect(SOURCE, entry(number), UNLIMITED),
            Some(inputs) => {
                for input in inputs {
                    let from = network.number(input, &mut work);
                    network.connect(exit(from), entry(number), UNLIMITED);
                }
            }
        }
    }
    while network.augment() {}
    network.kept()
}

fn entry(number: usize) -> usize {
    2 + 2 * number
}

fn exit(number: usize) -> usize {
    3 + 2 * number
}

impl<'g> Network<'g> {
    fn number(&mut self, node: Expr<'g>, work: &mut Vec<(usize, Expr<'g>)>) -> usize {
        if let Some(&number) = self.numbers.get(&node.id) {
            return number;
        }
        let number = self.nodes.len();
        self.nodes.push(node);
        self.numbers.insert(node.id, number);
        self.out.push(Vec::new());
        self.out.push(Vec::new());
        self.connect(entry(number), exit(number), 1);
        work.push((number, node));
        number
    }

    fn connect(&mut self, from: usize, to: usize, capacity: u32) {
        self.out[from].push(self.edges.len());
        self.edges.push((to, capacity));
        self.out[to].push(self.edges.len());
        self.edges.push((from, 0));
    }

    /// Finds one more path from the source to the sink, if there is one.
    fn augment(&mut self) -> bool {
        let reached = self.reached();
        if reached[SINK].is_none() {
            return false;
        }
        let mut at = SINK;
        while let Some(edge) = reached[at].filter(|_| at != SOURCE) {
            self.edges[edge].1 -= 1;
            self.edges[edge ^ 1].1 += 1;
            at = self.edges[edge ^ 1].0;
        }
        true
    }

    /// The vertices that more could flow to, each with the edge by which.
    fn reached(&self) -> Vec<Option<usize>> {
        let mut reached = vec![None; self.out.len()];
        let mut stack = vec![SOURCE];
        while let Some(vertex) = stack.pop() {
            for &edge in &self.out[vertex] {
                let (to, capacity) = self.edges[edge];
                if capacity > 0 && to != SOURCE && reached[to].is_none() {
                    reached[to] = Some(edge);
                    stack.push(to);
                }
            }
        }
        reached
    }

    /// The nodes that are entered, but not left.
    fn kept(self) -> Vec<Expr<'g>> {
        let reached = self.reached();
        let full = |number: &usize| reached[entry(*number)].is_some() && reached[exit(*number)].is_none();
        (0..self.nodes.len()).filter(full).each(|number| self.nodes[number])
    }
}
