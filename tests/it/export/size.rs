//! 20,000 deliveries are exported in constant memory, all of them, in their order.

use serde_json::Value;

use super::{FORMATS, export};
use crate::app::{Creel, Minted};
use crate::memory::memory;

const COUNT: usize = 20_000;
/// Requests of one connection.
const BATCH: usize = 100;
const BODY_BYTES: usize = 2_000;
/// What an export may add to the peak memory of the server. All deliveries together have 40 MB.
const MORE_BYTES_MAX: usize = 15_000_000;

fn fill(creel: &Creel, endpoint: &Minted) {
    let send = |batch: usize| {
        let mut requests = String::new();
        for number in 1..=BATCH {
            let connection = if number == BATCH {
                "close"
            } else {
                "keep-alive"
            };
            let body = format!("{:1$}", batch * BATCH + number, BODY_BYTES);
            let head = format!(
                "POST {} HTTP/1.1\r\nHost: h\r\nConnection: {connection}\r\nContent-Length: {BODY_BYTES}\r\n\r\n",
                endpoint.target
            );
            requests.extend([head, body]);
        }
        let responses = creel.raw(requests.as_bytes());
        assert_eq!(responses.status, 200);
    };
    std::thread::scope(|scope| {
        for start in 0..4 {
            scope.spawn(move || (start..COUNT / BATCH).step_by(4).for_each(send));
        }
    });
}

#[test]
fn many_deliveries_are_exported_in_constant_memory() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    fill(&creel, &endpoint);
    assert_eq!(creel.api(&endpoint, "").json()["last_seq"], COUNT);
    let before = memory(&creel, "VmHWM");
    for format in FORMATS {
        let body = export(&creel, &endpoint, format).body;
        let more = memory(&creel, "VmHWM") - before;
        assert!(more < MORE_BYTES_MAX, "{format}: {more} bytes");
        assert!(body.len() > COUNT * BODY_BYTES, "{format}: {}", body.len());
        if format == "ndjson" {
            let lines = body
                .split(|byte| *byte == b'\n')
                .filter(|line| !line.is_empty());
            let items = lines.map(|line| serde_json::from_slice::<Value>(line).unwrap());
            let mut numbers = Vec::new();
            for (seq, item) in (1..).zip(items) {
                assert_eq!(item["seq"], seq);
                let text = item["body"]["text"].as_str().unwrap().trim();
                numbers.push(text.parse::<usize>().unwrap());
            }
            numbers.sort_unstable();
            assert!(numbers.into_iter().eq(1..=COUNT));
        }
    }
}
