// The settings page: what is typed as an own token is meant to be used.

const own = document.querySelector('input[name="own_token"]');
own?.addEventListener("input", () => { document.querySelector('input[name="token"][value="own"]').checked = true; });
