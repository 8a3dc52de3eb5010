// Without fonts: every page works offline and asks no other server for anything.
import DefaultTheme from "vitepress/theme-without-fonts";
import "./style.css";

export default DefaultTheme;
