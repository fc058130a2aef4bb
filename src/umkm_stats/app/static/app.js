"use strict";
document.documentElement.classList.add("js");
(document.getElementById("faults") || document.querySelector("h1"))?.focus({ preventScroll: true });
