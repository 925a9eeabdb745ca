// The page to try: takes a picture, has the server read it, and ties what was read to
// where it stands. The server writes the words; this script only places them.

const form = document.getElementById("try");
const drop = document.getElementById("drop");
const work = document.getElementById("work");
const frame = document.getElementById("frame");
const picture = document.getElementById("picture");
const said = document.getElementById("said");
const result = document.getElementById("result");
// Told by a reader's voice; the whole result would be too much.
const news = document.getElementById("news");
const LIMIT = Number(form.dataset.limit);
const KNOWN = new Set(["jpeg", "png", "webp", "bmp", "gif"].map((each) => `image/${each}`));
// Shares of the size to try when a picture is too large, and how well it is kept.
const STEPS = [1, 0.8, 0.64, 0.5, 0.4, 0.3, 0.2, 0.1];
const QUALITY = 0.88;

let call = null;
let current = null;

for (const input of form.querySelectorAll("input[type=file]")) {
  input.addEventListener("change", () => {
    if (input.files[0]) take(input.files[0], input.files[0].name);
    input.value = "";
  });
}
for (const button of form.querySelectorAll("[data-sample]")) {
  button.addEventListener("click", async () => {
    const path = button.dataset.sample;
    const file = path.split("/").pop();
    try {
      const reply = await fetch(path);
      take(await reply.blob(), file);
    } catch {
      show();
      fail(form.dataset.lost);
    }
  });
}
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("change", (event) => {
  // What is asked for changed: the same picture is read again.
  if (event.target.name === "kind" && current) read(current.blob, current.name);
});
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("over");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) drop.classList.remove("over");
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  const file = event.dataTransfer.files[0];
  if (file) take(file, file.name);
});
document.addEventListener("paste", (event) => {
  const file = [...event.clipboardData.files].find((each) => each.type.startsWith("image/"));
  if (file) take(file, file.name);
});
document.getElementById("again").addEventListener("click", () => {
  leave();
  current = null;
  work.hidden = true;
  drop.hidden = false;
  form.querySelector("input[type=file]").focus();
});

async function take(blob, name) {
  leave();
  show();
  wait();
  // What the server does not read, a phone's HEIC for one, the browser may.
  const fits = blob.size <= LIMIT && KNOWN.has(blob.type);
  const small = fits ? blob : await shrink(blob);
  if (blob.size > LIMIT && small !== blob) {
    const size = (blob.size / 1e6).toFixed(1);
    tell(form.dataset.shrunk.replace("{before}", size));
  }
  current = { blob: small, name };
  await Promise.all([see(small), read(small, name)]);
}

function show() {
  drop.hidden = true;
  work.hidden = false;
  said.hidden = true;
  clearOverlay();
  work.scrollIntoView({ block: "start" });
}

function tell(text) {
  said.textContent = text;
  said.hidden = false;
}

function wait() {
  clearOverlay();
  result.setAttribute("aria-busy", "true");
  result.replaceChildren(document.getElementById("waiting").content.cloneNode(true));
  news.textContent = result.textContent.trim();
  result.querySelector("#stop").addEventListener("click", () => {
    document.getElementById("again").click();
  });
}

function fail(text) {
  const note = document.getElementById("failed").content.cloneNode(true);
  note.querySelector("p").textContent = text;
  result.removeAttribute("aria-busy");
  result.replaceChildren(note);
}

function leave() {
  if (call) call.abort();
  call = null;
}

// Shows the picture; returns when it stands.
async function see(blob) {
  const old = picture.src;
  picture.src = URL.createObjectURL(blob);
  if (old.startsWith("blob:")) URL.revokeObjectURL(old);
  try {
    await picture.decode();
    picture.hidden = false;
  } catch {
    picture.hidden = true;
    tell(form.dataset.unseen);
  }
}

async function read(blob, name) {
  leave();
  wait();
  const mine = new AbortController();
  call = mine;
  const query = new URLSearchParams({ name });
  for (const [key, value] of new FormData(form)) {
    if (typeof value === "string") query.set(key, value);
  }
  let text;
  try {
    const reply = await fetch(`/console/read?${query}`, {
      method: "POST",
      body: blob,
      headers: {
        "content-type": "application/octet-stream",
        "x-shizi-stamp": form.dataset.stamp,
      },
      signal: mine.signal,
    });
    text = await reply.text();
  } catch {
    if (call === mine) fail(form.dataset.lost);
    return;
  }
  if (call !== mine) return;
  call = null;
  place(text);
}

// Puts in what the server wrote, the outlines over the picture and the rest beside it.
function place(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  clearOverlay();
  result.removeAttribute("aria-busy");
  result.replaceChildren(...page.body.childNodes);
  news.textContent = result.querySelector("[data-news]")?.textContent ?? "";
  const overlay = result.querySelector(".overlay");
  if (overlay) frame.append(overlay);
  link(overlay);
  offerCopies();
  if (!picture.complete) picture.addEventListener("load", cropAll, { once: true });
  else cropAll();
  fit();
}

function clearOverlay() {
  frame.querySelector(".overlay")?.remove();
}

// The outlines lie exactly on the picture, wherever that is in its frame.
function fit() {
  const overlay = frame.querySelector(".overlay");
  if (!overlay || picture.hidden) return;
  overlay.style.left = `${picture.offsetLeft}px`;
  overlay.style.top = `${picture.offsetTop}px`;
  overlay.style.width = `${picture.clientWidth}px`;
  overlay.style.height = `${picture.clientHeight}px`;
}
new ResizeObserver(fit).observe(picture);

// Ties each box to its line or field: pointing at one lights the other.
function link(overlay) {
  const items = [...result.querySelectorAll("[data-box]")];
  const boxes = [...(overlay?.querySelectorAll("[data-box]") ?? [])];
  const light = (number) => {
    for (const each of [...items, ...boxes]) {
      each.classList.toggle("lit", each.dataset.box === number);
    }
  };
  // One stop for the Tab key; arrows go on from there.
  const go = (place) => {
    const item = items[Math.max(0, Math.min(place, items.length - 1))];
    for (const each of items) each.tabIndex = each === item ? 0 : -1;
    item.focus();
  };
  items.forEach((item, place) => {
    item.tabIndex = place === 0 ? 0 : -1;
    item.addEventListener("pointerenter", () => light(item.dataset.box));
    item.addEventListener("pointerleave", () => light(null));
    item.addEventListener("focus", () => light(item.dataset.box));
    item.addEventListener("blur", () => light(null));
    item.addEventListener("click", () => go(place));
    item.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      go(place + step);
    });
  });
  for (const box of boxes) {
    const place = items.findIndex((each) => each.dataset.box === box.dataset.box);
    box.addEventListener("pointerenter", () => {
      light(box.dataset.box);
      items[place].scrollIntoView({ block: "nearest" });
    });
    box.addEventListener("pointerleave", () => light(null));
    box.addEventListener("click", () => go(place));
  }
}

function offerCopies() {
  const tools = result.querySelector(".tools");
  if (!tools) return;
  const status = tools.querySelector("[role=status]");
  for (const button of tools.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", async () => {
      const text = document.getElementById(button.dataset.copy).textContent.trim();
      status.textContent = (await copy(text)) ? tools.dataset.copied : tools.dataset.uncopied;
    });
  }
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without TLS, browsers keep the clipboard from pages that are not on this machine.
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

function cropAll() {
  if (picture.hidden || !picture.naturalWidth) return;
  for (const field of result.querySelectorAll("[data-points]")) {
    crop(field.querySelector("canvas"), field.dataset.points);
  }
}

// Draws what lies within four corners, turned upright, with a little room around it.
function crop(canvas, points) {
  const [start, right, , below] = points.split(" ").map((each) => each.split(",").map(Number));
  const width = Math.hypot(right[0] - start[0], right[1] - start[1]);
  const height = Math.hypot(below[0] - start[0], below[1] - start[1]);
  if (!width || !height) return;
  const room = height * 0.25;
  const scale = Math.min(2, 96 / height);
  canvas.width = Math.ceil((width + 2 * room) * scale);
  canvas.height = Math.ceil((height + 2 * room) * scale);
  canvas.style.aspectRatio = `${canvas.width} / ${canvas.height}`;
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  pen.translate(room, room);
  pen.rotate(-Math.atan2(right[1] - start[1], right[0] - start[0]));
  pen.translate(-start[0], -start[1]);
  pen.drawImage(picture, 0, 0);
}

// Returns a picture small enough to be sent; the same one where that cannot be made.
async function shrink(blob) {
  let image;
  try {
    image = await createImageBitmap(blob, { imageOrientation: "from-image" });
  } catch {
    return blob;
  }
  const canvas = document.createElement("canvas");
  for (const step of STEPS) {
    canvas.width = Math.max(1, Math.round(image.width * step));
    canvas.height = Math.max(1, Math.round(image.height * step));
    const pen = canvas.getContext("2d");
    pen.fillStyle = "white"; // what the server puts behind a transparent picture, too
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    const small = await new Promise((done) => {
      canvas.toBlob(done, "image/jpeg", QUALITY);
    });
    if (small && small.size <= LIMIT) return small;
  }
  return blob;
}
