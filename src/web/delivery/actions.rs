//! What can be done with a delivery: copy it in several forms, and compare it.
//!
//! **Invariant:** every copied text is fetched when it is wanted, so a page does not grow with the forms that it offers.

use crate::domain::delivery::Delivery;
use crate::web::layout::menu::{Menu, MenuAction, MenuItem};
use crate::web::links;
use crate::web::links::copy_form::CopyForm;

/// The Copy menu.
pub(super) fn copy_menu(delivery: &Delivery) -> Menu {
    let summary = &delivery.summary;
    let (endpoint, seq) = (summary.endpoint_id, summary.seq);
    let form = |form| MenuAction::CopyFrom(links::copy(endpoint, seq, form));
    let is_text = is_text(delivery);
    let mut items = vec![
        MenuItem::new("curl command", form(CopyForm::Curl)),
        MenuItem::new("JSON of the API", MenuAction::CopyFrom(links::api(summary))),
    ];
    if is_text {
        items.insert(1, MenuItem::new("Raw HTTP", form(CopyForm::Http)));
    } else {
        let href = links::copy(endpoint, seq, CopyForm::Http);
        items.push(MenuItem::new(
            "Download raw HTTP",
            MenuAction::Download(href),
        ));
    }
    if !delivery.body.is_empty() {
        let body = links::download(summary);
        if is_text {
            items.insert(1, MenuItem::new("Body", MenuAction::CopyFrom(body.clone())));
        }
        items.push(MenuItem::new("Download body", MenuAction::Download(body)));
    }
    let page = links::delivery(endpoint, seq);
    items.push(MenuItem::new(
        "Link to this page",
        MenuAction::CopyLink(page),
    ));
    Menu {
        name: "copy",
        label: "Copy",
        items,
    }
}

/// The Compare menu.
pub(super) fn compare_menu(delivery: &Delivery) -> Menu {
    let summary = &delivery.summary;
    let (endpoint, seq) = (summary.endpoint_id, summary.seq);
    let with = |word: &str| MenuAction::Open(links::compare_with(endpoint, word, seq));
    let mut items = vec![MenuItem::new("With the previous delivery", with("before"))];
    if let Some(thread) = links::thread_id(summary) {
        items.push(MenuItem::new("With the previous in thread", with("thread")));
        let href = links::thread(endpoint, thread);
        items.push(MenuItem::new("Thread history", MenuAction::Open(href)));
    }
    let choose = links::compare_choice(endpoint, Some(seq), None);
    items.push(MenuItem::new("Choose another …", MenuAction::Open(choose)));
    Menu {
        name: "compare",
        label: "Compare",
        items,
    }
}

/// Whether head and body can be pasted as text.
fn is_text(delivery: &Delivery) -> bool {
    [&delivery.head.raw, &delivery.body]
        .iter()
        .all(|bytes| std::str::from_utf8(bytes).is_ok())
}
