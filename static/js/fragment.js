// Rows as the server of this page renders them. They are the only HTML that a script puts into the page, besides the delivery
// and the panel that starts runs.

// Answers the rows, newest first, and whether more follow in the direction asked for.
export async function fetchRows(url) {
  const response = await fetch(url);
  if (!response.ok) throw Object.assign(new Error("no rows"), { status: response.status });
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  return { rows: [...template.content.querySelectorAll("li.row")], more: response.headers.has("x-more") };
}

export function seqOf(row) {
  return Number(row.dataset.seq);
}

// The first attempt of what a row is the latest one of.
export function groupOf(row) {
  return Number(row.dataset.group);
}
