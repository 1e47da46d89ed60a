// Rows as rendered by the server. Scripts insert no other HTML into the page, except the delivery and the panel that starts runs.

// Returns the rows, newest first, whether more follow in this direction, the highest seq that was considered, and the filters as they are
// now.
export async function fetchRows(url) {
  const response = await fetch(url);
  if (!response.ok) throw Object.assign(new Error("no rows"), { status: response.status });
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  return {
    rows: [...template.content.querySelectorAll("li.row")],
    filters: template.content.querySelector(".filters"),
    more: response.headers.has("x-more"),
    newest: Number(response.headers.get("x-newest")),
  };
}

export function seqOf(row) {
  return Number(row.dataset.seq);
}

// The first attempt of the delivery whose latest attempt is in a row.
export function groupOf(row) {
  return Number(row.dataset.group);
}
