//! The pages without JavaScript: everything works except live updates.

use thirtyfour::By;

use crate::access::{OPERATOR, sign_in};
use crate::accessibility::owned;
use crate::app::Creel;
use crate::browser::Browser;
use crate::looks::send;

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_and_all_tabs_work_without_javascript() {
    let creel = Creel::start(&[]);
    let browser = Browser::without_script().await;
    let target = format!("{}&x=1", browser.create_endpoint(&creel).await);
    assert_eq!(
        creel
            .http(
                "POST",
                &target,
                &[("X-Marker", "in a header")],
                b"{\"marker\":\"in the body\"}"
            )
            .status,
        200
    );
    browser.page.refresh().await.unwrap();
    browser.click(".row[data-seq='1'] a").await;
    for (tab, text) in [("body", "in the body"), ("request", "in a header")] {
        browser
            .click(&format!("#detail a[href*='tab={tab}']"))
            .await;
        let shown = browser.see("#detail").await.text().await.unwrap();
        assert!(shown.contains(text), "{tab}: {shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn menus_filters_and_settings_work_without_javascript() {
    let creel = Creel::start(&[]);
    let browser = Browser::without_script().await;
    let endpoint = owned(&creel, &browser).await;
    for sample in ["success", "error"] {
        send(sample, &endpoint.capture_url);
    }
    browser.page.refresh().await.unwrap();
    browser.see_seqs(&[2, 1]).await;
    browser.click(".filter-failed").await;
    browser.see_seqs(&[2]).await;
    browser.click(".row a").await;
    browser.see_seqs(&[2]).await;
    for (menu, item) in [
        ("copy", "a[download]"),
        ("compare", "a[href$='/compare?b=2']"),
        ("more", "a[href='/findings']"),
    ] {
        browser.click(&format!("#menu-{menu} summary")).await;
        let item = browser.see(&format!("#menu-{menu} {item}")).await;
        assert!(item.is_clickable().await.unwrap(), "{menu}");
        browser.click(&format!("#menu-{menu} summary")).await;
    }
    browser.click(".bar-nav a[href$='/settings']").await;
    let name = browser.see("input[name='name']").await;
    name.send_keys("renamed").await.unwrap();
    browser.click("#general button").await;
    browser.read("#general", "Saved").await;
    browser.read("h1", "Settings of renamed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_finds_and_deletes_an_endpoint_without_javascript() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    creel.mint(r#"{"name":"kept"}"#);
    let old = creel.mint(r#"{"name":"an old one"}"#);
    let browser = Browser::without_script().await;
    sign_in(&creel, &browser).await;
    let search = browser.see("input[name='q']").await;
    search.send_keys("OLD").await.unwrap();
    browser.click("form[role='search'] button").await;
    browser.see("a[href='/operator']:not([aria-current])").await;
    let rows = browser
        .page
        .find_all(By::Css(".endpoints tbody tr"))
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
    browser.click(".endpoint-name a").await;
    browser.see("body.inspect").await;
    browser.page.back().await.unwrap();
    browser.click(".row-action").await;
    browser.click("button[name='confirmed']").await;
    browser.see(".search-form").await;
    let table = browser.see(".endpoints").await.text().await.unwrap();
    assert!(
        table.contains("kept") && !table.contains("an old one"),
        "{table}"
    );
    let gone = creel.http("POST", &old.target, &[], b"{}");
    assert_eq!(gone.status, 404);
}
