// The first screen: what is large and not on it waits until it stands.
let done;

export const firstScreen = new Promise((resolve) => (done = resolve));

export const firstScreenStands = () => setTimeout(done);
