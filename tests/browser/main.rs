//! The pages in a real headless Chromium against a real creel. Each test is a user's path through the pages.

mod access;
mod accessibility;
#[path = "../it/app.rs"]
mod app;
mod body;
mod browser;
mod compare;
mod conversation;
mod cors;
mod doctor;
mod fields;
mod findings;
mod hostile;
#[path = "../it/http.rs"]
mod http;
mod inspect;
mod keyboard;
mod live;
mod looks;
mod menus;
mod plain;
#[path = "../it/proxy.rs"]
mod proxy;
mod proxy_path;
mod reader_settings;
mod start;
mod tabs;
#[path = "../it/talk.rs"]
mod talk;
