// The settings page: what is typed as an own token, or as origins, is meant to be used.

for (const [typed, choice] of [["own_token", 'input[name="token"][value="own"]'], ["origins", 'input[name="cors"][value="origins"]']]) {
  const field = document.querySelector(`input[name="${typed}"]`);
  field?.addEventListener("input", () => { document.querySelector(choice).checked = true; });
}
