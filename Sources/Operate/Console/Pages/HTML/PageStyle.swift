import Crypto
import Foundation

/// The style sheet of the pages for people, written into each page: one round trip to a readable page on a slow line.
/// It names nothing that a browser of 2017 does not know, and asks for no other file.
enum PageStyle {
    static let sheet: StaticString = """
        *{box-sizing:border-box}html{-webkit-text-size-adjust:100%}body{margin:0;background:#f3f4f6;color:#16181d;\
        font:17px/1.5 system-ui,-apple-system,"PingFang SC","Noto Sans CJK SC","WenQuanYi Micro Hei",sans-serif;\
        overflow-wrap:anywhere;word-wrap:break-word}main{max-width:560px;margin:0 auto;padding:10px 12px 40px}\
        h1{font-size:23px;line-height:1.3;margin:10px 0 6px}h2{font-size:17px;margin:0 0 8px}p{margin:6px 0}\
        section,details{background:#fff;border:1px solid #d9dce3;border-radius:8px;padding:10px 12px;margin:10px 0}\
        .state{font-weight:600;padding:8px 12px;border-radius:8px;background:#e6edf9;color:#123a7a;margin:0}\
        .state.red,.alarm{background:#fdeaea;color:#8f1414}.state.green{background:#e5f4e8;color:#14532d}\
        .state.grey{background:#e7e9ee;color:#3b4048}.alarm{border-color:#e3a3a3}.quiet{color:#565c68;font-size:15px}\
        dl{margin:8px 0 0;font-size:15px}dt{float:left;clear:left;width:5em;color:#565c68}dd{margin:0 0 2px 5em}\
        .more{margin:4px 0 8px;padding:6px 10px}\
        button,.call{display:block;width:100%;min-height:48px;margin:6px 0;padding:8px 12px;font:inherit;\
        font-weight:600;border-radius:8px;border:1px solid #9aa3b2;background:#fff;color:#16181d;text-align:center;\
        text-decoration:none;cursor:pointer}button.main{background:#1456b8;border-color:#1456b8;color:#fff;\
        min-height:56px;font-size:20px}button.red{border-color:#b42318;color:#8f1414}\
        button.grave{border-color:#565c68;color:#3b4048;font-weight:400}.call{border-color:#14733a;color:#14532d}\
        .alarm .call{background:#fff}label{display:block;margin:10px 0 4px}\
        input[type=text],input[type=tel],input[type=date],textarea,select{width:100%;min-height:48px;padding:10px;\
        font:inherit;border:1px solid #9aa3b2;border-radius:8px;background:#fff;color:#16181d}\
        textarea{min-height:72px}summary{min-height:32px;font-weight:600;cursor:pointer;line-height:32px}\
        ul,ol{margin:0;padding-left:20px}li{margin:4px 0}.found{overflow:hidden;margin:0 -4px}\
        .found button{float:left;width:50%;width:calc(50% - 8px);margin:4px}\
        button:focus,a:focus,input:focus,textarea:focus,select:focus,summary:focus{outline:3px solid #f0a202;\
        outline-offset:1px}@media(prefers-color-scheme:dark){body{background:#15171c;color:#eceef2}\
        section,details{background:#1e2128;border-color:#3a3f4a}.quiet,dt{color:#aab1be}\
        .state{background:#1d3357;color:#cfe0ff}.state.red,.alarm{background:#4a1717;color:#ffd6d6}\
        .state.green{background:#163d22;color:#cdf3d6}.state.grey{background:#2b2f38;color:#d5d9e2}\
        button,.call,.alarm .call{background:#272b34;color:#eceef2;border-color:#69707f}\
        button.main{background:#2f6fd0;border-color:#2f6fd0}button.red{color:#ffb4b4;border-color:#d98a8a}\
        button.grave{color:#c3c8d2}.call{color:#b9efc7;border-color:#4f9a67}\
        input[type=text],input[type=tel],input[type=date],textarea,select{background:#15171c;color:#eceef2;\
        border-color:#69707f}}
        """

    /// `sha256-…`, by which the policy lets it through, and no other.
    static let source: String = {
        let digest = SHA256.hash(data: Data("\(sheet)".utf8))
        return "'sha256-" + Data(digest).base64EncodedString() + "'"
    }()
}
