//! Drawings of the examples: SVG, and diagrams in it.

#![allow(dead_code, reason = "each example uses its own part")]

use std::ops::Range;
use std::path::PathBuf;

pub const INK: &str = "#22303c";
pub const GREY: &str = "#5b6b79";
pub const AXIS: &str = "#8796a5";
pub const GRID: &str = "#e6ebf0";
pub const BLUE: &str = "#2f6db5";
pub const RED: &str = "#d1495b";
pub const GREEN: &str = "#2e8b57";
pub const ORANGE: &str = "#e08e1b";

/// A drawing in the making. Points are in pixels, from the upper left corner.
pub struct Svg {
    source: String,
}

impl Svg {
    pub fn new(width: f64, height: f64) -> Svg {
        let size = format!(r#"width="{width}" height="{height}" viewBox="0 0 {width} {height}""#);
        let font = "DejaVu Sans, Helvetica, Arial, sans-serif";
        let mut svg = Svg { source: String::new() };
        svg.push(format!(r#"<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{font}">"#));
        svg.push(format!(r#"<rect width="{width}" height="{height}" fill="white"/>"#));
        svg
    }

    fn push(&mut self, element: String) {
        self.source += &element;
        self.source.push('\n');
    }

    pub fn line(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64), width: f64, color: &str) {
        let ends = format!(r#"x1="{x1:.2}" y1="{y1:.2}" x2="{x2:.2}" y2="{y2:.2}""#);
        self.push(format!(
            r#"<line {ends} stroke="{color}" stroke-width="{width}" stroke-linecap="round"/>"#
        ));
    }

    pub fn curve(&mut self, points: impl Iterator<Item = (f64, f64)>, width: f64, color: &str) {
        let points: Vec<String> = points.map(|(x, y)| format!("{x:.2},{y:.2}")).collect();
        let pen = format!(r#"fill="none" stroke="{color}" stroke-width="{width}" stroke-linejoin="round""#);
        self.push(format!(r#"<polyline points="{}" {pen}/>"#, points.join(" ")));
    }

    pub fn dot(&mut self, (x, y): (f64, f64), radius: f64, color: &str) {
        let pen = format!(r#"fill="{color}" stroke="white" stroke-width="{:.1}""#, radius / 3.0);
        self.push(format!(r#"<circle cx="{x:.2}" cy="{y:.2}" r="{radius}" {pen}/>"#));
    }

    /// A translucent rectangle.
    pub fn shade(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64), color: &str) {
        let corner = format!(r#"x="{:.2}" y="{:.2}""#, x1.min(x2), y1.min(y2));
        let size = format!(r#"width="{:.2}" height="{:.2}""#, (x1 - x2).abs(), (y1 - y2).abs());
        self.push(format!(r#"<rect {corner} {size} fill="{color}" fill-opacity="0.2"/>"#));
    }

    /// `font` is a size in pixels, with `italic ` before it or not.
    pub fn text(&mut self, (x, y): (f64, f64), font: &str, anchor: &str, color: &str, text: &str) {
        let (style, size) = match font.split_once(' ') {
            Some(both) => both,
            None => ("normal", font),
        };
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        let font = format!(r#"font-size="{size}" font-style="{style}" text-anchor="{anchor}""#);
        self.push(format!(r#"<text x="{x:.1}" y="{y:.1}" {font} fill="{color}">{text}</text>"#));
    }

    /// Writes the drawing to the path that the program was called with, or else to `name` among the
    /// build products, and says so.
    pub fn save(mut self, name: &str) -> std::io::Result<()> {
        self.push("</svg>".to_owned());
        let target = PathBuf::from("target");
        let default = || if target.is_dir() { target.join(name) } else { std::env::temp_dir().join(name) };
        let path = std::env::args().nth(1).map_or_else(default, PathBuf::from);
        std::fs::write(&path, self.source)?;
        println!("Drawn in {}", path.display());
        Ok(())
    }
}

/// Where a diagram lies on the paper, and which part of the plane it shows.
pub struct Frame {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
    pub x: Range<f64>,
    pub y: Range<f64>,
}

impl Frame {
    /// From the plane to the paper.
    pub fn at(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let part = |value: f64, range: &Range<f64>| (value - range.start) / (range.end - range.start);
        (
            self.left + part(x, &self.x) * (self.right - self.left),
            self.bottom - part(y, &self.y) * (self.bottom - self.top),
        )
    }

    /// Grid, axes and their labels.
    pub fn draw(&self, svg: &mut Svg, x_label: &str, y_label: &str) {
        let shade = |tick: f64| if tick == 0.0 { AXIS } else { GRID };
        for tick in ticks(self.x.start, self.x.end) {
            let (x, _) = self.at((tick, 0.0));
            svg.line((x, self.top), (x, self.bottom), 1.0, shade(tick));
            svg.text((x, self.bottom + 20.0), "13px", "middle", GREY, &minus(tick));
        }
        for tick in ticks(self.y.start, self.y.end) {
            let (_, y) = self.at((0.0, tick));
            svg.line((self.left, y), (self.right, y), 1.0, shade(tick));
            svg.text((self.left - 8.0, y + 4.5), "13px", "end", GREY, &minus(tick));
        }
        svg.text((self.right, self.bottom + 38.0), "italic 15px", "end", INK, x_label);
        svg.text((self.left - 8.0, self.top - 12.0), "italic 15px", "start", INK, y_label);
    }

    pub fn curve(
        &self,
        svg: &mut Svg,
        points: impl IntoIterator<Item = (f64, f64)>,
        width: f64,
        color: &str,
    ) {
        svg.curve(points.into_iter().map(|point| self.at(point)), width, color);
    }

    /// What the colours stand for, one line each, from the upper right corner down.
    pub fn legend(&self, svg: &mut Svg, entries: &[(&str, &str)]) {
        for (i, (label, color)) in entries.iter().enumerate() {
            let y = self.top + 16.0 + 22.0 * i as f64;
            svg.text((self.right - 26.0, y), "14px", "end", INK, label);
            svg.dot((self.right - 12.0, y - 5.0), 6.0, color);
        }
    }
}

/// Round numbers between `low` and `high`, about eight of them.
pub fn ticks(low: f64, high: f64) -> Vec<f64> {
    let rough = (high - low) / 8.0;
    let unit = 10f64.powf(rough.log10().floor());
    let step =
        [1.0, 2.0, 5.0, 10.0].map(|k| k * unit).into_iter().find(|&step| step >= rough).unwrap_or(rough);
    let (first, last) = ((low / step).ceil() as i32, (high / step).floor() as i32);
    (first..=last).map(|k| (f64::from(k) * step * 1e9).round() / 1e9).collect()
}

/// The number with a typographer's minus sign.
pub fn minus(value: f64) -> String {
    value.to_string().replace('-', "−")
}
