// The camera's stand-in: three scenes of a ward, drawn when they are needed. 4:3, in units of a hundredth of the width.
const WIDTH = 1280;

function rect(pen, colour, x, y, width, height, round = 0) {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.roundRect(x, y, width, height, round);
  pen.fill();
}

function shape(pen, colour, ...points) {
  pen.fillStyle = colour;
  pen.beginPath();
  for (const [x, y] of points) pen.lineTo(x, y);
  pen.fill();
}

function disc(pen, colour, x, y, radius) {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.arc(x, y, radius, 0, 7);
  pen.fill();
}

// `colour` in eight digits; fades to the same colour, not to black.
function glow(pen, x, y, radius, colour) {
  const light = pen.createRadialGradient(x, y, 0, x, y, radius);
  light.addColorStop(0, colour);
  light.addColorStop(1, `${colour.slice(0, 7)}00`);
  pen.fillStyle = light;
  pen.fillRect(0, 0, 100, 75);
}

function sky(pen, top, bottom) {
  const air = pen.createLinearGradient(0, 0, 0, 75);
  air.addColorStop(0, top);
  air.addColorStop(1, bottom);
  pen.fillStyle = air;
  pen.fillRect(0, 0, 100, 75);
}

// An alley whose way for the fire engine is blocked by bricks.
function blockedAlley(pen) {
  sky(pen, "#8fc7e8", "#eaf5f4");
  shape(pen, "#e0b277", [0, 0], [30, 18], [30, 52], [0, 75]);
  shape(pen, "#c9655a", [100, 0], [68, 20], [68, 52], [100, 75]);
  rect(pen, "#b9c7a0", 30, 30, 38, 22);
  shape(pen, "#8b8f92", [0, 75], [30, 52], [68, 52], [100, 75]);
  shape(pen, "#a2a6a8", [34, 75], [45, 52], [53, 52], [66, 75]);
  for (const [x, y] of [[6, 22], [17, 27]]) rect(pen, "#6d4a2d", x, y, 7, 11, 0.6);
  for (const [x, y] of [[76, 26], [88, 20]]) rect(pen, "#74302b", x, y, 7, 11, 0.6);
  shape(pen, "#2f7d5c", [0, 14], [30, 27], [30, 30], [0, 18]);
  pen.strokeStyle = "#3d4a52";
  pen.lineWidth = 0.35;
  for (const sag of [8, 11]) {
    pen.beginPath();
    pen.moveTo(0, 5);
    pen.quadraticCurveTo(50, sag + 8, 100, 4);
    pen.stroke();
  }
  for (let row = 0; row < 5; row += 1) {
    for (let at = 0; at < 7 - row; at += 1) {
      rect(pen, ["#b5482f", "#c9583c", "#a53f29"][(row + at) % 3], 32 + at * 5.4 + row * 2.7, 66 - row * 3.4, 5, 3, 0.4);
    }
  }
}

// An extinguisher on a wall, its needle in the red.
function emptyExtinguisher(pen) {
  sky(pen, "#e9e2d0", "#d9cfb6");
  rect(pen, "#b9ad90", 0, 64, 100, 11);
  rect(pen, "#ffffff", 58, 14, 30, 20, 1.5);
  rect(pen, "#c62828", 58, 14, 30, 7, 1.5);
  pen.fillStyle = "#ffffff";
  pen.font = "bold 5px sans-serif";
  pen.fillText("PCCC", 65.5, 19.4);
  for (const y of [24.5, 28, 31]) rect(pen, "#b8bcc0", 62, y, 22, 1, 0.5);
  glow(pen, 30, 30, 40, "#ffffff99");
  rect(pen, "#0003", 29, 26, 17, 40, 5);
  rect(pen, "#d32f2f", 26, 24, 17, 40, 5);
  rect(pen, "#ef5350", 28.5, 28, 3, 32, 1.5);
  rect(pen, "#f5f0e6", 27.5, 39, 14, 13, 1);
  rect(pen, "#37474f", 31, 18, 7, 7, 1);
  shape(pen, "#263238", [28, 15], [45, 12], [45, 14.5], [31, 18]);
  pen.strokeStyle = "#263238";
  pen.lineWidth = 1.8;
  pen.beginPath();
  pen.moveTo(38, 20);
  pen.bezierCurveTo(52, 20, 50, 40, 47, 52);
  pen.stroke();
  disc(pen, "#eceff1", 34.5, 45.5, 4.6);
  pen.lineWidth = 1.3;
  pen.strokeStyle = "#e53935";
  pen.beginPath();
  pen.arc(34.5, 45.5, 3.4, 2.6, 4.0);
  pen.stroke();
  pen.strokeStyle = "#43a047";
  pen.beginPath();
  pen.arc(34.5, 45.5, 3.4, 4.1, 5.5);
  pen.stroke();
  shape(pen, "#212121", [34.2, 46.2], [34.8, 45], [31.6, 44.8]);
}

// A lane at night: one lamp, one motorbike.
function nightLane(pen) {
  sky(pen, "#0d1b33", "#24365a");
  for (const [x, y] of [[14, 8], [38, 5], [61, 11], [83, 6], [72, 20], [26, 17]]) disc(pen, "#cfd8ff", x, y, 0.35);
  rect(pen, "#1a2742", 0, 26, 34, 38);
  rect(pen, "#141f38", 56, 18, 44, 46);
  for (const [x, y] of [[6, 34], [20, 34], [64, 26], [84, 40]]) rect(pen, "#0c1428", x, y, 7, 9, 0.5);
  rect(pen, "#e8c46a", 84, 26, 7, 9, 0.5);
  rect(pen, "#2b3346", 0, 60, 100, 15);
  rect(pen, "#0c1018", 46, 14, 1.2, 48);
  rect(pen, "#0c1018", 40, 14, 7, 1);
  glow(pen, 41, 16, 34, "#ffd97aaa");
  shape(pen, "#ffd97a2e", [40, 16], [42.5, 16], [58, 66], [24, 66]);
  disc(pen, "#fff3c4", 41, 16, 1.4);
  pen.strokeStyle = "#0a0d14";
  pen.lineWidth = 1.4;
  for (const x of [62, 76]) {
    pen.beginPath();
    pen.arc(x, 62, 4.2, 0, 7);
    pen.stroke();
  }
  shape(pen, "#7c2431", [61, 60], [66, 54], [75, 55], [79, 52], [80, 55], [76, 61]);
  shape(pen, "#0a0d14", [72, 54], [81, 51.5], [82, 53], [75, 55.5]);
  shape(pen, "#0a0d14", [63, 57], [61.5, 50], [64, 49], [65, 50], [63, 51], [65, 57]);
}

class Scene {
  constructor(name, paint) {
    this.name = name;
    this.paint = paint;
  }

  // Fills a canvas of that width, in pixels.
  draw(canvas, width) {
    canvas.width = width;
    canvas.height = (width * 3) / 4;
    const pen = canvas.getContext("2d");
    pen.scale(width / 100, width / 100);
    this.paint(pen);
  }

  async file() {
    const canvas = document.createElement("canvas");
    this.draw(canvas, WIDTH);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.86));
    return new File([blob], `${this.name}.jpg`, { type: "image/jpeg" });
  }
}

export const SCENES = [
  new Scene("hem-bi-chan", blockedAlley),
  new Scene("binh-chua-chay", emptyExtinguisher),
  new Scene("ngo-toi", nightLane),
];
