//! The tree of a file into a [`Scenario`]: every form that the language has, and then
//! whether the parts fit together. All that is wrong is told.

mod actions;
mod check;
mod conditions;
mod connections;
mod context;
mod draft;
mod endpoints;
mod fields;
mod figure;
mod forward;
mod impairment;
mod line;
mod links;
mod neighbours;
mod nodes;
mod options;
mod outcome;
mod preset;
mod program;
mod routes;
mod rung;
mod selection;
mod share;
mod steps;
mod timing;
mod top;
mod value;

pub(super) use top::scenario;
