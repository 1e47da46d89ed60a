// The path below which creel is served, without a trailing slash: what comes before the path of the scripts, /static/HASH/js/.

export const base = new URL("../../..", import.meta.url).pathname.slice(0, -1);
