// No tree is kept: a page is written once, and its elements are strings from the start.
#include "html.hpp"

namespace mnist {

Html::Html(std::string_view text) {
    markup_.reserve(text.size());
    for (const char c : text) {
        if (c == '&')
            markup_ += "&amp;";
        else if (c == '<')
            markup_ += "&lt;";
        else if (c == '>')
            markup_ += "&gt;";
        else if (c == '"')
            markup_ += "&quot;";
        else
            markup_ += c;
    }
}

Html el(std::string_view tag, const Html& content,
        std::initializer_list<std::pair<std::string_view, std::string_view>> attributes) {
    const std::size_t dot = tag.find('.');
    const std::string_view name = tag.substr(0, dot);
    Html element;
    std::string& markup = element.markup_;
    markup.reserve(content.markup().size() + 64);
    const auto attribute = [&markup](std::string_view key, std::string_view value) {
        if (!value.empty())
            markup.append(" ").append(key).append("=\"").append(Html(value).markup()).append("\"");
    };
    markup.append("<").append(name);
    if (dot != std::string_view::npos) attribute("class", tag.substr(dot + 1));
    for (const auto& [key, value] : attributes) attribute(key, value);
    markup.append(">");
    if (name != "br") markup.append(content.markup()).append("</").append(name).append(">");
    return element;
}

Html sentences(const std::vector<std::string>& texts) {
    Html items;
    for (const std::string& text : texts) items += el("li", text);
    return texts.empty() ? items : el("ul.sentences", items);
}

Html disclosure(const std::string& title, const Html& content, bool open) {
    return el("details", el("summary", title) + content, {{"open", open ? "open" : ""}});
}

Html table_cell(const Html& content, std::string_view kind, const std::string& name, bool is_first) {
    const Html shown = content.empty() ? Html("–") : content;
    if (is_first) return el("th", shown, {{"scope", "row"}, {"class", kind}});
    // Where cells are laid out beside their headings, what is in one must be one.
    const bool is_text = shown.markup().find('<') == std::string::npos;
    return el("td", is_text ? shown : el("span", shown), {{"class", kind}, {"data-name", name}});
}

Html table_of(const Html& heads, const Html& rows, const std::string& caption) {
    const Html head = caption.empty() ? Html{} : el("caption", caption);
    // The box's width decides how the rows are laid out.
    return el("div.tablebox", el("table.stack", head + el("thead", el("tr", heads)) + el("tbody", rows)));
}

Html figure(const std::string& chart, const std::string& title, const std::string& note,
            const Html& numbers) {
    const Html remark = note.empty() ? Html{} : el("p.note", note);
    const Html open = el("summary", "Numbers", {{"aria-label", "Numbers of " + title}}) + numbers;
    return el("figure", el("figcaption", el("h4", title) + remark) + el("details", open, {{"open", "open"}}),
              {{"data-chart", chart}});
}

}  // namespace mnist
