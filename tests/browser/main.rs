//! What people see, in a real headless Chromium against a real creel. A test is a journey.

#[path = "../it/app.rs"]
mod app;
mod browser;
mod hostile;
mod live;
mod looks;
mod plain;
