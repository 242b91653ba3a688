package io.higuma.api;

import static io.higuma.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.api.RestPlane.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Questions about one proxy: what it is made of, and which policies hold for what it serves and calls. The proxy is
/// not connected: all this can be asked before it is.
class InspectTest {

    private static final String WEB = "/meshes/default/dataplanes/web";
    private static final String TO_API = "/_outbounds/kri_msvc_default_default__api_main";

    private static RestPlane plane;

    @BeforeAll
    static void givenAMeshWithTwoServicesAndPolicies() {
        plane = new RestPlane();
        put("dataplanes/web", """
                'type':'Dataplane','labels':{'app':'web'},'networking':{'address':'127.0.0.2',
                'inbound':[{'name':'main','port':80,'protocol':'http'},{'port':81,'protocol':'tcp'}],
                'outbound':[{'port':10080,'backendRef':{'kind':'MeshService','name':'api','port':80}}]}""");
        put("meshservices/api", """
                'type':'MeshService','spec':{'selector':{'dataplaneLabels':{'matchLabels':{'app':'api'}}},
                'ports':[{'name':'main','port':80,'appProtocol':'http'},{'name':'admin','port':81}]}""");
        timeout(
                "t-all",
                "'to':[{'targetRef':{'kind':'Mesh'},'default':{'http':{'requestTimeout':'5s'},"
                        + "'connectionTimeout':'1s'}}]");
        timeout(
                "t-api",
                "'targetRef':{'kind':'Dataplane','labels':{'app':'web'}},'to':[{'targetRef':{'kind':"
                        + "'MeshService','labels':{'kuma.io/display-name':'api'},'sectionName':'main'},"
                        + "'default':{'http':{'requestTimeout':'7s'}}}]");
        timeout(
                "t-route",
                "'to':[{'targetRef':{'kind':'MeshHTTPRoute','labels':{'kuma.io/display-name':'r'}},"
                        + "'default':{'http':{'requestTimeout':'2s'}}}]");
        timeout(
                "t-in",
                "'rules':[{'default':{'idleTimeout':'1h'}},{'matches':[{'spiffeID':{'type':'Exact',"
                        + "'value':'spiffe://m/x'}}],'default':{'http':{'requestTimeout':'3s'}}}]");
        timeout(
                "t-main",
                "'targetRef':{'kind':'Dataplane','labels':{'app':'web'},'sectionName':'main'},"
                        + "'rules':[{'default':{'idleTimeout':'2h'}}]");
        put("meshtrafficpermissions/p", """
                'type':'MeshTrafficPermission','spec':{'rules':[{'default':{'allow':[{'spiffeID':
                {'type':'Prefix','value':'spiffe://m'}}]}}]}""");
        put("meshhttproutes/r", """
                'type':'MeshHTTPRoute','spec':{'to':[{'targetRef':{'kind':'MeshService','labels':
                {'kuma.io/display-name':'api'}},'rules':[{'matches':[{'path':{'type':'Exact','value':'/old'}}],
                'default':{'filters':[{'type':'RequestRedirect','requestRedirect':{'statusCode':301}}]}}]}]}""");
        long last = timeout(
                "t-elsewhere",
                "'targetRef':{'kind':'Dataplane','labels':{'app':'other'}},"
                        + "'to':[{'targetRef':{'kind':'Mesh'},'default':{'connectionTimeout':'9s'}}]");
        eventually("the engine has seen everything", () -> plane.revision() >= last);
    }

    @AfterAll
    static void stop() {
        plane.close();
    }

    private static long put(String path, String content) {
        String name = path.substring(path.indexOf('/') + 1);
        Answer answer = plane.put(
                "/meshes/default/" + path,
                "{'mesh':'default','name':'" + name + "'," + content.replace("\n", "") + "}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.whole().headers().firstValueAsLong("higuma-revision").orElseThrow();
    }

    private static long timeout(String name, String spec) {
        return put("meshtimeouts/" + name, "'type':'MeshTimeout','spec':{" + spec + "}");
    }

    private static JsonNode ask(String path) {
        Answer answer = plane.get(path);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json();
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace('\'', '"'));
    }

    /// The entry of one kind of policy.
    private static JsonNode of(JsonNode entries, String field, String kind) {
        for (JsonNode entry : entries) {
            if (entry.path(field).asString("").equals(kind)) {
                return entry;
            }
        }
        throw new AssertionError("no " + kind + " in " + entries);
    }

    @Test
    void howMuchAProxyIsToldIsAnsweredAndAServiceThatIsNotThereIsNamed() {
        JsonNode report = ask(WEB + "/_reach?to=api");

        assertThat(report.path("redirected").asBoolean()).isFalse();
        assertThat(report.path("now").path("services").asInt()).isEqualTo(1);
        assertThat(report.path("now").path("bytes").asLong()).isPositive();
        assertThat(report.path("services")).isEqualTo(json("[{'kind':'MeshService','name':'api','verdict':'routed'}]"));
        assertThat(report.path("reachableBackends")).isEqualTo(json("{'refs':[{'kind':'MeshService','name':'api'}]}"));
        assertThat(report.path("then")).as("it lists its outbounds").isEqualTo(report.path("now"));
        Answer unknown = plane.get(WEB + "/_reach?to=nobody&to=Meshservice/api&to=api");
        assertThat(unknown.status()).isEqualTo(400);
        assertThat(unknown.text())
                .contains("there is no MeshService nobody in mesh default")
                .contains("there is no Meshservice api in mesh default; expected a name, or MeshService");
        assertThat(plane.get("/meshes/default/dataplanes/nobody/_reach").status())
                .isEqualTo(404);
    }

    @Test
    void theLayoutNamesWhatTheProxyServesAndCalls() {
        JsonNode layout = ask(WEB + "/_layout");

        assertThat(layout.path("kri").asString()).isEqualTo("kri_dp_default_default__web_");
        assertThat(layout.path("labels").path("app").asString()).isEqualTo("web");
        assertThat(layout.path("inbounds")).isEqualTo(json("""
                [{'kri':'kri_dp_default_default__web_main','port':80,'protocol':'http',
                  'proxyResourceName':'self_inbound_dp_main'},
                 {'kri':'kri_dp_default_default__web_81','port':81,'protocol':'tcp',
                  'proxyResourceName':'self_inbound_dp_81'}]"""));
        assertThat(layout.path("outbounds")).isEqualTo(json("""
                [{'kri':'kri_msvc_default_default__api_main','port':80,'protocol':'http',
                  'proxyResourceName':'kri_msvc_default_default__api_main'}]"""));
    }

    @Test
    void whatHoldsForAServiceIsMergedAndSaysWhoSaidIt() {
        JsonNode policies = ask(WEB + TO_API + "/_policies").path("policies");

        assertThat(of(policies, "kind", "MeshTimeout")).isEqualTo(json("""
                {'kind':'MeshTimeout','conf':[{'connectionTimeout':'1s','http':{'requestTimeout':'7s'}}],
                 'origins':[{'kri':'kri_mt_default_default__t-all_'},{'kri':'kri_mt_default_default__t-api_'}]}"""));
        assertThat(of(policies, "kind", "MeshHTTPRoute").path("conf").get(0).path("rules"))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kri_msvc_default_default__none_80",
                "kri_mt_default_default__t-all_",
                "kri_msvc_other___api_main"
            })
    void ofWhatIsNotThereOnlyThatHoldsWhichIsSaidOfEverything(String kri) {
        JsonNode policies = ask(WEB + "/_outbounds/" + kri + "/_policies").path("policies");

        assertThat(policies).isEqualTo(json("""
                [{'kind':'MeshTimeout','conf':[{'connectionTimeout':'1s','http':{'requestTimeout':'5s'}}],
                  'origins':[{'kri':'kri_mt_default_default__t-all_'}]}]"""));
    }

    @Test
    void aPortThatNoPolicyNamesHasWhatTheServiceHas() {
        JsonNode policies = ask(WEB + "/_outbounds/kri_msvc_default_default__api_admin/_policies")
                .path("policies");

        assertThat(of(policies, "kind", "MeshTimeout").path("conf").get(0).path("http"))
                .isEqualTo(json("{'requestTimeout':'5s'}"));
    }

    @Test
    void routesAreListedWithTheirMatchesAndTheirPolicy() {
        assertThat(ask(WEB + TO_API + "/_routes")).isEqualTo(json("""
                {'routes':[{'kind':'MeshHTTPRoute','rules':[{'kri':'kri_mhttpr_default_default__r_',
                 'matches':[{'path':{'value':'/old','type':'Exact'}}],
                 'conf':{'filters':[{'type':'RequestRedirect','requestRedirect':{'statusCode':301}}]}}],
                 'origins':[{'kri':'kri_mhttpr_default_default__r_'}]}]}"""));
        assertThat(ask(WEB + "/_outbounds/kri_msvc_default_default__none_80/_routes"))
                .isEqualTo(json("{'routes':[]}"));
    }

    @Test
    void aRouteHasWhatItsServiceHasAndWhatIsSaidOfIt() {
        String route = WEB + TO_API + "/_routes/";

        JsonNode known = ask(route + "kri_mhttpr_default_default__r_/_policies").path("policies");
        JsonNode unknown =
                ask(route + "kri_mhttpr_default_default__none_/_policies").path("policies");

        assertThat(known).isEqualTo(json("""
                [{'kind':'MeshTimeout','conf':[{'connectionTimeout':'1s','http':{'requestTimeout':'2s'}}],
                  'origins':[{'kri':'kri_mt_default_default__t-all_'},{'kri':'kri_mt_default_default__t-api_'},
                             {'kri':'kri_mt_default_default__t-route_'}]}]"""));
        assertThat(of(unknown, "kind", "MeshTimeout").path("conf").get(0).path("http"))
                .isEqualTo(json("{'requestTimeout':'7s'}"));
    }

    @Test
    void whatHoldsForAnInboundIsListedRuleByRule() {
        JsonNode main = ask(WEB + "/_inbounds/kri_dp_default_default__web_main/_policies")
                .path("policies");
        JsonNode other =
                ask(WEB + "/_inbounds/kri_dp_default_default__web_81/_policies").path("policies");

        assertThat(of(main, "kind", "MeshTimeout").path("rules")).isEqualTo(json("""
                [{'kri':'kri_mt_default_default__t-in_','conf':{'http':{'requestTimeout':'3s'}}},
                 {'kri':'kri_mt_default_default__t-in_','conf':{'idleTimeout':'1h0m0s'}},
                 {'kri':'kri_mt_default_default__t-main_','conf':{'idleTimeout':'2h0m0s'}}]"""));
        assertThat(of(other, "kind", "MeshTimeout").path("rules")).hasSize(2);
        assertThat(of(main, "kind", "MeshTrafficPermission").path("origins"))
                .isEqualTo(json("[{'kri':'kri_mtp_default_default__p_'}]"));
    }

    @Test
    void allRulesOfAProxyAreInOneAnswer() {
        JsonNode rules = ask(WEB + "/_rules");

        assertThat(rules.path("resource").path("name").asString()).isEqualTo("web");
        assertThat(rules.path("httpMatches")).hasSize(1);
        JsonNode timeouts = of(rules.path("rules"), "type", "MeshTimeout");
        assertThat(timeouts.path("toResourceRules").findValuesAsString("resourceSectionName"))
                .hasSize(3);
        JsonNode service = null;
        for (JsonNode rule : timeouts.path("toResourceRules")) {
            if (rule.path("resourceMeta").path("type").asString().equals("MeshService")) {
                service = rule;
            }
        }
        assertThat(service).isNotNull();
        assertThat(service.path("resourceSectionName").asString()).isEqualTo("main");
        assertThat(service.path("conf")).isEqualTo(json("[{'connectionTimeout':'1s','http':{'requestTimeout':'7s'}}]"));
        assertThat(service.path("origin").findValuesAsString("ruleIndex")).containsExactly("0", "0");
        JsonNode conditional =
                timeouts.path("inboundRules").get(0).path("rules").get(0);
        assertThat(conditional.path("match")).isEqualTo(json("{'spiffeID':{'type':'Exact','value':'spiffe://m/x'}}"));
        assertThat(conditional.path("origin").get(0).path("ruleIndex").asInt()).isEqualTo(1);
    }

    @Test
    void noKindHoldsForTheWholeProxyYet() {
        assertThat(ask(WEB + "/_policies")).isEqualTo(json("{'policies':[]}"));
    }

    @Test
    void theNamesOfAServiceAreListed() {
        assertThat(ask("/meshes/default/meshservices/api/_hostnames")).isEqualTo(json("{'total':0,'items':null}"));

        plane.put(
                "/hostnamegenerators/names",
                "{'type':'HostnameGenerator','name':'names','spec':{'selector':{'meshService':{'matchLabels':{}}},"
                        + "'template':'{{ .DisplayName }}.mesh'}}");

        eventually(
                "the service has its name",
                () -> plane.get("/meshes/default/meshservices/api/_hostnames").json(),
                json("{'total':1,'items':[{'hostname':'api.mesh','zones':[{'name':'default'}]}]}")::equals);
        plane.delete("/hostnamegenerators/names");
        eventually(
                "the name is gone",
                () -> plane.get("/meshes/default/meshservices/api/_hostnames").json(),
                json("{'total':0,'items':null}")::equals);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/meshes/none/dataplanes/web/_rules | 404 | Failed to retrieve Mesh | Not found",
                "/meshes/default/dataplanes/none/_rules | 404 | Could not retrieve Dataplane | Not found",
                "/meshes/default/dataplanes/none/_policies | 404 | Could not retrieve Dataplane | Not found",
                "/meshes/none/dataplanes/web/_layout | 404 | Failed to build MeshContext | Not found",
                "/meshes/default/dataplanes/none/_layout | 404 | Failed to retrieve Dataplane | Not found",
                "/meshes/default/dataplanes/none/_inbounds/kri_dp____web_a/_policies | 404 | Could not retrieve Dataplane | Not found",
                "/meshes/default/dataplanes/web/_inbounds/main/_policies | 400 | Bad Request | bad request: invalid identifier string: \"main\"",
                "/meshes/default/dataplanes/web/_inbounds/kri_dp____web_80/_policies | 404 | Failed building response | there is no inbound \"80\", only [main, 81]",
                "/meshes/default/dataplanes/web/_outbounds/api/_policies | 400 | Bad Request | bad request: invalid identifier string: \"api\"",
                "/meshes/default/dataplanes/web/_outbounds/x_msvc____api_/_routes | 400 | Bad Request | bad request: identifier must start with 'kri': \"x_msvc____api_\"",
                "/meshes/default/dataplanes/web/_outbounds/kri_msvc____api_/_routes/r/_policies | 400 | Bad Request | bad request: invalid identifier string: \"r\"",
                "/meshes/default/dataplanes/none/_config | 404 | Failed to fetch dataplane insight | Not found",
                "/meshes/default/dataplanes/web/_config | 404 | Failed to fetch dataplane insight | Not found",
                "/meshes/default/dataplanes/web/_config?shadow=maybe | 400 | Bad Request | bad request: unsupported value for query parameter 'shadow'",
                "/meshes/default/dataplanes/web/_config?include=all | 400 | Bad Request | bad request: unsupported value for query parameter 'include'",
                "/meshes/default/dataplanes/none/xds | 404 | Could not get dataplane resource | Not found",
                "/meshes/default/dataplanes/web/xds | 404 | Could not execute admin operation | the proxy is not connected",
                "/meshes/default/dataplanes/web/certs | 404 | Could not execute admin operation | Not found",
                "/meshes/default/meshservices/none/_hostnames | 404 | could not retrieve service | Not found",
                "/meshes/none/meshservices/api/_hostnames | 404 | could not retrieve service | Not found",
            })
    void whatIsWrongIsSaid(String path, int status, String title, String detail) {
        Answer answer = plane.get(path);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.at("/title")).isEqualTo(title);
        assertThat(answer.at("/detail")).isEqualTo(detail);
    }

    @ParameterizedTest
    @ValueSource(strings = {"stats", "clusters"})
    void envoysAdminInterfaceIsNotCalledAndThatIsSaid(String operation) {
        Answer answer = plane.get(WEB + "/" + operation);

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.at("/detail"))
                .contains("does not call the admin interface")
                .contains("_config");
    }

    @Test
    void onlyServicesHaveNames() {
        Answer answer = plane.get("/meshes/default/meshtimeouts/t-all/_hostnames");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.at("/title")).startsWith("only \"meshservices,");
    }
}
