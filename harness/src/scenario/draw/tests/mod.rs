mod figures;
mod texts;
