mod figures;
mod round;
mod texts;
