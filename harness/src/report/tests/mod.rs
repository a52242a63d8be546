mod drawings;
mod forms;
