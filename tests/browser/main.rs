//! The pages in a real headless Chromium against a real creel. Each test is a user's path through the pages.

mod access;
mod accessibility;
#[path = "../it/app.rs"]
mod app;
mod browser;
mod compare;
mod conversation;
mod doctor;
mod fields;
mod findings;
mod hostile;
#[path = "../it/http.rs"]
mod http;
mod live;
mod looks;
mod plain;
mod reader_settings;
mod start;
#[path = "../it/talk.rs"]
mod talk;
